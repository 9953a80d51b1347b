import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { out, program, report } from "./bench.mjs";

test("a printed report has its number and the number of the page on every page, and an end mark", { timeout: 300000 }, (t) => {
  mkdirSync(out, { recursive: true });
  const meta = join(out, "lab.toml");
  writeFileSync(meta, 'number = "LAB-2026-007"\ncustomer = { zh = "甲公司", en = "Company A" }\n');
  const pdf = join(out, "report.pdf");
  report("printed", 120, 1, ["--lang", "en", "--meta", meta, "--pdf", pdf]);
  const bytes = readFileSync(pdf);
  assert.ok(bytes.subarray(0, 5).equals(Buffer.from("%PDF-")));
  const pdftotext = program("pdftotext");
  if (pdftotext === "") return t.diagnostic("pdftotext is not here: the text of the pages was not read");
  const pages = spawnSync(pdftotext, ["-layout", pdf, "-"], { encoding: "utf8" }).stdout.split("\f").slice(0, -1);
  assert.ok(pages.length > 5, `${pages.length} pages`);
  pages.forEach((text, i) => {
    assert.match(text, /LAB-2026-007/, `page ${i + 1}`);
    assert.match(text, new RegExp(`${i + 1} / ${pages.length}\\s*$`), `page ${i + 1}`);
  });
  assert.match(pages[0], /Company A/);
  assert.match(pages.at(-1), /End of report LAB-2026-007/);
  console.log(`PDF of 120 rows: ${pages.length} pages, ${(bytes.length / 1e6).toFixed(2)} MB`);
});

test("without Chromium the report is written and the PDF is refused with a hint", () => {
  const bare = join(out, "bare");
  mkdirSync(bare, { recursive: true });
  const { runs, file } = report("bare_input", 50);
  const chipfit = process.env.CHIPFIT ?? "build/release/bin/chipfit";
  const done = spawnSync(chipfit, ["report", ...runs, "-o", file, "--pdf", join(bare, "x.pdf")], { encoding: "utf8", env: { PATH: bare } });
  assert.equal(done.status, 69);
  assert.match(done.stderr, /apt install chromium/);
  assert.match(done.stdout, /report\.html/);
});
