import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chipfit, drawAll, launch, open, out, seriousFaults, shots } from "./bench.mjs";
import { makeRun } from "./make_results.mjs";

let browser;
const site = join(out, "site");
before(async () => {
  assert.equal(chipfit("explore", "-o", site).status, 0);
  browser = await launch();
});
after(async () => browser.close());

const explorer = () => open(browser, join(site, "index.html"));
const rows = (page) => page.locator("#rows").getAttribute("aria-rowcount");

test("dropped result files are compared, and others join them", async () => {
  const files = [0, 1].map((chip) => join(makeRun(join(out, `dropped${chip}`), 400, chip), "results.csv"));
  const { page, context, complaints, requests } = await explorer();
  assert.deepEqual(await seriousFaults(page), []);
  await page.locator("#drop-file").setInputFiles(files[0]);
  await page.waitForFunction(() => document.getElementById("rows").getAttribute("aria-rowcount") === "400");
  await page.locator("#drop-file").setInputFiles(files[1]);
  await page.waitForFunction(() => document.getElementById("rows").getAttribute("aria-rowcount") === "800");
  await drawAll(page);
  assert.ok(Number(await page.locator('figure[data-chart="comparison"]').getAttribute("data-drawn")) > 500);
  await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({ path: join(shots, "explorer.png") });
  assert.deepEqual(complaints, []);
  assert.deepEqual(requests, []);
  await context.close();
});

test("a file that is no result file is named, and what was there stays", async () => {
  const { page, context } = await explorer();
  const stray = join(out, "stray.csv");
  writeFileSync(stray, "a,b\n1,2\n");
  await page.locator("#drop-file").setInputFiles(stray);
  await page.waitForFunction(() => document.querySelector("#drop.failed") !== null);
  assert.match(await page.locator("#drop .status").textContent(), /stray\.csv: schema, case_id/);
  assert.equal(await rows(page), "0");
  await context.close();
});

test("100,000 rows are read in slices, so that the page stays alive", async () => {
  const files = [0, 1].map((chip) => join(makeRun(join(out, `large${chip}`), 50000, chip), "results.csv"));
  const { page, context } = await explorer();
  // Longest time without a turn of the event loop, while the files are read.
  await page.evaluate(() => {
    window.longest = 0;
    let last = performance.now();
    window.beat = setInterval(() => {
      const now = performance.now();
      window.longest = Math.max(window.longest, now - last);
      window.said = document.querySelector("#drop .status").textContent || window.said;
      last = now;
    }, 0);
  });
  const started = performance.now();
  await page.locator("#drop-file").setInputFiles(files);
  await page.waitForFunction(() => /\d/.test(document.querySelector("#drop .status").textContent));
  await page.waitForFunction(() => document.getElementById("rows").getAttribute("aria-rowcount") === "100000", null, { timeout: 120000 });
  console.log(`100,000 rows dropped: ${((performance.now() - started) / 1000).toFixed(2)} s, longest pause ${(await page.evaluate(() => window.longest)).toFixed(0)} ms`);
  const scrolled = await page.evaluate(async () => {
    const body = document.querySelector(".vbody");
    let frames = 0;
    const start = performance.now();
    for (let at = 0; at < 3e6; at += 60000) {
      body.scrollTop = at;
      await new Promise(requestAnimationFrame);
      ++frames;
    }
    return { frames, lines: document.querySelectorAll(".vline").length, ms: performance.now() - start };
  });
  console.log(`scrolled through: ${(scrolled.ms / scrolled.frames).toFixed(1)} ms a frame`);
  assert.ok(scrolled.lines < 60, `${scrolled.lines} lines in the document`);
  await context.close();
});
