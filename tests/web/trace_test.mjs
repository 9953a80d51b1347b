import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { chipfit, out, report } from "./bench.mjs";
import { evaluate, readRows, units } from "./evaluate.mjs";
import { makeRun } from "./make_results.mjs";

const unescape = (text) => text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => ({ amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" })[name]);
const numbers = (html) => [...html.matchAll(/<data [^>]*value="([^"]*)" data-from="([^"]*)">([^<]*)<\/data>/g)].map(([, value, from, text]) => ({ value: Number(value), from: unescape(from), text: unescape(text) }));
const body = (html) => html.slice(html.indexOf("<main>"), html.indexOf("</main>"));

for (const chips of [1, 3]) {
  test(`every number of a report on ${chips} chip(s) is what its rows say`, () => {
    const { file, runs } = report(`trace${chips}`, 700, chips);
    const rows = readRows(runs.map((run) => join(run, "results.csv")));
    const found = numbers(readFileSync(file, "utf8"));
    assert.ok(found.length > 2000, `only ${found.length} numbers`);
    const kinds = new Set();
    for (const { value, from, text } of found) {
      kinds.add(from.slice(0, from.indexOf(":")));
      assert.ok(text.length > 0 && !text.includes("nan"), `${from}: "${text}"`);
      const expected = evaluate(rows, from);
      if (expected === undefined) continue;
      const close = Math.abs(value - expected) <= 1e-9 * Math.abs(expected);
      assert.ok(close, `${from}: the report says ${value}, the rows ${expected}`);
      const digits = Number.parseFloat(text.replace(/[^0-9.eE+-]/g, "").replace(/^[-+]$/, ""));
      assert.ok(!Number.isNaN(digits), `${from}: "${text}" shows no number`);
    }
    for (const kind of ["cell", "share", "count", "part", "distinct", "weighted_share", "weighted_rate", "criterion"]) assert.ok(kinds.has(kind), `no ${kind}`);
    if (chips > 1) for (const kind of ["geomean", "common", "faster", "slower", "same", "undecided"]) assert.ok(kinds.has(kind), `no ${kind}`);
  });
}

test("what a report says of two chips is what chipfit compare says of the same units", () => {
  const folder = join(out, "compared");
  rmSync(folder, { recursive: true, force: true });
  const runs = [0, 1].map((chip) => makeRun(join(folder, `chip${chip}`), 4000, chip, { devices: 1 }));
  const file = join(folder, "report.html");
  assert.equal(chipfit("report", ...runs, "-o", file).status, 0);
  const rows = readRows(runs.map((run) => join(run, "results.csv")));
  const subjects = [...new Set(rows.map((row) => row.subject))];
  const columns = readFileSync(join(runs[0], "results.csv"), "utf8").split("\n")[0].split(",");
  const sides = subjects.map((subject, s) => {
    const lines = units(rows.filter((row) => row.subject === subject)).map((row) => columns.map((name) => `"${row[name].replaceAll('"', '""')}"`).join(","));
    writeFileSync(join(folder, `${s}.csv`), [columns.join(","), ...lines].join("\n") + "\n");
    return join(folder, `${s}.csv`);
  });
  const done = chipfit("compare", ...sides, "--ignore", "device_index,device_uid,host", "--table", "none", "--threshold", "2", "--json");
  assert.equal(done.status, 0, done.stderr);
  const cases = new Map(JSON.parse(done.stdout).tables[0].cases.map((one) => [one.case, one]));
  const called = (state) => [...cases.values()].filter((one) => one.state === state).length;
  const found = numbers(readFileSync(file, "utf8"));
  const value = (kind) => found.find(({ from }) => from.startsWith(`${kind}:`))?.value;
  assert.ok(called("FASTER") + called("SLOWER") + called("SAME") > 20, "the test has nothing to say");
  for (const state of ["FASTER", "SLOWER", "SAME"]) assert.equal(value(state.toLowerCase()), called(state), state);
  let intervals = 0;
  for (const { value: told, from } of found) {
    const [kind, pair] = [from.slice(0, from.indexOf(":")), from.slice(from.indexOf(":") + 1)];
    if (!["ratio_low", "ratio_high", "q_value"].includes(kind)) continue;
    const one = cases.get(decodeURIComponent(/case_id=([^|&]*)/.exec(pair)[1]));
    const expected = kind === "q_value" ? one.q : kind === "ratio_low" ? 1 / one.ratio_high : 1 / one.ratio_low;
    assert.ok(Math.abs(told - expected) <= 1e-9 * Math.abs(expected), `${from}: ${told}, compare says ${expected}`);
    ++intervals;
  }
  assert.ok(intervals > 60, `only ${intervals} figures of tests`);
});

test("no sentence holds a digit that does not come from a row or a file", () => {
  const html = body(readFileSync(report("prose", 300).file, "utf8"));
  const sentences = [...html.matchAll(/<p[ >][\s\S]*?<\/p>/g)].map(([text]) => text);
  assert.ok(sentences.length > 40);
  for (const sentence of sentences) {
    const words = sentence.replace(/<(data|bdi|code)[ >][\s\S]*?<\/\1>/g, "").replace(/<[^>]*>/g, "").replace(/&#?\w+;/g, "");
    assert.doesNotMatch(words, /\d/, sentence);
  }
  assert.doesNotMatch(html, /⟦|\{[a-z_]+\}/, "a message is missing or a placeholder was left");
});

test("the same rows give the same bytes", () => {
  const { file, runs } = report("same", 300, 2);
  const first = readFileSync(file);
  assert.equal(chipfit("report", ...runs, "-o", file).status, 0);
  assert.ok(first.equals(readFileSync(file)));
});

test("texts from files are escaped wherever they stand", () => {
  const html = body(readFileSync(report("escaped", 300).file, "utf8"));
  assert.doesNotMatch(html, /<b>layer<\/b>|<more>|Lab <1>/);
  assert.match(html, /&lt;b&gt;layer&lt;\/b&gt;/);
});

test("a wrong answer makes the status FAIL, and the cover says which criterion is not met", () => {
  const html = readFileSync(report("failed", 300, 1, ["--lang", "en"]).file, "utf8");
  assert.match(html, /data-status="fail"/);
  const cover = html.slice(html.indexOf('id="s0"'), html.indexOf('id="s1"'));
  assert.match(cover, /Correctness is not met: measured/);
  assert.match(cover, /self-reported/);
});

test("one language leaves no sentence of the other", () => {
  const en = body(readFileSync(report("en", 200, 1, ["--lang", "en"]).file, "utf8"));
  assert.doesNotMatch(en.replace(/<nav[\s\S]*?<\/nav>/, ""), /[一-鿿]/);
  const zh = body(readFileSync(report("zh", 200, 1, ["--lang", "zh"]).file, "utf8"));
  assert.doesNotMatch(zh, /The results relate only/);
  assert.match(zh, /本报告的结果仅与所测样品有关/);
});
