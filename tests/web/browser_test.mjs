import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { drawAll, launch, open, report, seriousFaults, shots } from "./bench.mjs";
import { readRows } from "./evaluate.mjs";

let browser;
before(async () => (browser = await launch()));
after(async () => browser.close());

const marks = (page) => page.evaluate(() => Object.fromEntries([...document.querySelectorAll("figure.chart")].map((figure) =>
  [figure.dataset.chart, { rows: +figure.dataset.rows, marks: +figure.dataset.marks, drawn: +figure.dataset.drawn, renderer: figure.dataset.renderer, shapes: figure.querySelectorAll("svg path").length }])));

/** What each chart owes the rows, counted from the CSV. */
function owed(rows, subjects) {
  const rated = rows.filter((row) => row.rated === "1");
  const groups = (list, ...keys) => new Set(list.map((row) => keys.map((key) => row[key]).join("\t"))).size;
  return {
    size: rated.length, roofline: rated.length, accuracy: rated.filter((row) => Number(row.grade_e) > 0).length,
    coverage: groups(rows, "subject", "op_name", "layout", "types"), models: groups(rows, "subject", "model"),
    bars: groups(rated, "subject", "types") * 3,  // the bar, the measured and the nominal peak
    comparison: subjects === 1 ? 0 : groups(rated, "subject", "case_id"),
  };
}

for (const chips of [1, 3]) {
  test(`every chart of ${chips} chip(s) draws a mark for every row it owes`, async () => {
    const { file, runs } = report(`browser${chips}`, 900, chips);
    const rows = readRows(runs.map((run) => join(run, "results.csv")));
    const { page, context, complaints, requests } = await open(browser, file);
    await drawAll(page);
    const drawn = await marks(page);
    for (const [chart, count] of Object.entries(owed(rows, chips))) assert.equal(drawn[chart]?.drawn ?? 0, count, chart);
    for (const [chart, { drawn: some, renderer, shapes }] of Object.entries(drawn)) {
      // Two charts show a window of their lines at a time.
      if (renderer === "svg" && chart !== "shapes" && chart !== "latency") assert.ok(shapes >= some, `${chart}: ${shapes} paths for ${some} marks`);
    }
    assert.ok(drawn.latency.drawn > 0 && drawn.telemetry.drawn > 0 && drawn.shapes.drawn > 0);
    assert.deepEqual(complaints, []);
    assert.deepEqual(requests, []);
    await context.close();
  });
}

test("filters leave the rows that are chosen, in charts and table", async () => {
  const { file, runs } = report("filters", 600, 2);
  const rows = readRows(runs.map((run) => join(run, "results.csv")));
  const { page, context } = await open(browser, file);
  await page.locator("#filter-dtype").click();
  await page.locator(".filter[open] label", { hasText: /^\s*f64$/ }).locator("input").check();
  const f64 = rows.filter((row) => row.types === "f64");
  assert.match(await page.locator("#count").textContent(), new RegExp(`^${f64.length} / ${rows.length} `));
  assert.equal(await page.locator("#rows").getAttribute("aria-rowcount"), String(f64.length));
  await drawAll(page);
  assert.equal((await marks(page)).size.drawn, f64.filter((row) => row.rated === "1").length);
  await page.keyboard.press("Escape");
  await page.locator("#clear-filters").click();
  assert.match(await page.locator("#count").textContent(), new RegExp(`^${rows.length} / ${rows.length} `));
  await page.locator("#baseline").selectOption("Chip-B");
  const figure = page.locator('figure[data-chart="comparison"]');
  await figure.scrollIntoViewIfNeeded();
  assert.match(await figure.locator(".plot").getAttribute("aria-label"), /Chip-B/);
  await context.close();
});

test("the table sorts by any column, and a row shows the command that runs it again", async () => {
  const { file, runs } = report("sorting", 400);
  const rows = readRows(runs.map((run) => join(run, "results.csv")));
  const { page, context } = await open(browser, file);
  await page.locator('[data-sort="ui.rate"]').click();
  const best = rows.filter((row) => row.rated === "1").sort((a, b) => b.rate_flop_per_s - a.rate_flop_per_s)[0];
  await page.locator(".vbody").focus();
  await page.keyboard.press("ArrowDown");
  const card = page.locator(".picked .card");
  assert.equal(await card.locator(".id").textContent(), best.case_id);
  assert.match(await card.locator("code").textContent(), new RegExp(`^chipfit run --case ${best.case_id.replaceAll("+", "\\+")} --backend vendor --devices \\d$`));
  await context.close();
});

test("the devices of a fleet sort by the column that is clicked, numbers as numbers", async () => {
  const { page, context } = await open(browser, report("nodes", 400, 2).file);
  const table = page.locator("#s10 .sortable table").last();
  const head = table.locator("th").nth(4);
  const rates = () => table.locator("tbody tr td:nth-child(5) data").evaluateAll((cells) => cells.map((cell) => Number(cell.getAttribute("value"))));
  const before = await rates();
  assert.ok(before.length > 2, `${before.length} lines`);
  await head.locator("button").click();
  assert.deepEqual(await rates(), [...before].sort((a, b) => a - b));
  assert.equal(await head.getAttribute("aria-sort"), "ascending");
  await head.locator("button").click();
  assert.deepEqual(await rates(), [...before].sort((a, b) => b - a));
  await context.close();
});

test("each language stands alone, and both stand together", async () => {
  const { page, context } = await open(browser, report("languages", 200).file);
  const visible = () => page.locator("main").innerText();
  await page.locator('label[for="language-zh"]').click();
  assert.doesNotMatch(await visible(), /The results relate only/);
  assert.match(await visible(), /仅与所测样品有关/);
  await page.locator('label[for="language-en"]').click();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
  assert.match(await visible(), /The results relate only/);
  assert.doesNotMatch(await visible(), /[一-鿿]/);
  await page.locator('label[for="language-both"]').click();
  assert.match(await visible(), /仅与所测样品有关[\s\S]*The results relate only/);
  await context.close();
});

test("without scripts prose, tables and the language switch are there", async () => {
  const { page, context, complaints } = await open(browser, report("plain", 200).file, { javaScriptEnabled: false });
  await page.locator('label[for="language-en"]').click();
  const text = await page.locator("main").innerText();
  assert.match(text, /Of 200 planned rows/);
  assert.equal(await page.locator("table.data tbody tr[id]").count(), 200);
  assert.equal(await page.locator("#filters").isVisible(), false);
  assert.deepEqual(complaints, []);
  await context.close();
});

for (const [name, options] of [["desktop", {}], ["desktop-dark", { colorScheme: "dark" }], ["phone", { viewport: { width: 390, height: 844 } }], ["phone-dark", { viewport: { width: 390, height: 844 }, colorScheme: "dark" }]]) {
  test(`nothing is hidden from anyone (${name}), and nothing is wider than the page`, async () => {
    const { page, context, complaints } = await open(browser, report("access", 300, 2).file, options);
    await drawAll(page);
    assert.deepEqual(await seriousFaults(page), []);
    const [wide, width] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    assert.ok(wide <= width, `${wide} > ${width}`);
    await page.addStyleTag({ content: ".top, #filters { position: static !important }" });
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: join(shots, `${name}-cover.png`) });
    for (const id of ["s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11"]) await page.locator(`#${id}`).screenshot({ path: join(shots, `${name}-${id}.png`) });
    assert.deepEqual(complaints, []);
    await context.close();
  });
}

test("10,000 rows open within two seconds of a processor's time", async () => {
  const { file, seconds } = report("many", 10000, 2);
  const { page, context, opened_s, paint_s, metrics } = await open(browser, file);
  console.log(`10,000 rows: written in ${seconds.toFixed(2)} s, ${(statSync(file).size / 1e6).toFixed(2)} MB; opened in ${opened_s.toFixed(2)} s, ${metrics.TaskDuration.toFixed(2)} s of the main thread; first paint after ${paint_s.toFixed(2)} s`);
  // Time of the thread, not of the clock: other work on the machine is not the page's fault.
  assert.ok(metrics.TaskDuration <= 2, `${metrics.TaskDuration} s`);
  await drawAll(page);
  const drawn = await marks(page);
  assert.equal(drawn.size.renderer, "canvas");
  assert.equal(drawn.size.drawn, drawn.size.rows);
  await context.close();
});

test("100,000 rows make a report of at most 15 MB", async () => {
  const { file, seconds } = report("most", 100000, 2);
  const size = statSync(file).size;
  const { page, context, opened_s, paint_s, metrics } = await open(browser, file);
  console.log(`100,000 rows: written in ${seconds.toFixed(2)} s, ${(size / 1e6).toFixed(2)} MB; opened in ${opened_s.toFixed(2)} s, ${metrics.TaskDuration.toFixed(2)} s of the main thread; first paint after ${paint_s.toFixed(2)} s`);
  assert.ok(size <= 15e6, `${size} bytes`);
  assert.equal(await page.locator("#rows").getAttribute("aria-rowcount"), "100000");
  await context.close();
});
