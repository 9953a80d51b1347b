// What the tests of the page share: reports of generated runs, a browser that may fetch nothing, and screenshots.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { makeRun } from "./make_results.mjs";

export const out = process.env.CHIPFIT_WEB_OUT ?? "build/web";
export const shots = join(out, "screenshots");
mkdirSync(shots, { recursive: true });
const modules = createRequire(resolve(process.env.CHIPFIT_NODE_MODULES ?? "harness/report/app/node_modules", "x.js"));

export const chipfit = (...words) => spawnSync(process.env.CHIPFIT ?? "build/release/bin/chipfit", words, { encoding: "utf8" });
export const program = (name) => {
  try {
    return execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim();
  } catch {
    return "";
  }
};

/** Folders of runs of so many chips, and a report of them. */
export function report(name, rows, chips = 1, words = []) {
  const folder = join(out, name);
  rmSync(folder, { recursive: true, force: true });
  const runs = [];
  for (let chip = 0; chip < chips; ++chip) runs.push(makeRun(join(folder, `chip${chip}`), Math.ceil(rows / chips), chip));
  const file = join(folder, "report.html");
  const start = process.resourceUsage();
  const started = performance.now();
  const done = chipfit("report", ...runs, "-o", file, ...words);
  if (done.status !== 0 || !existsSync(file)) throw new Error(`chipfit report: ${done.status} ${done.stderr}`);
  return { file, runs, seconds: (performance.now() - started) / 1000, start };
}

export async function launch() {
  const { chromium } = modules("playwright-core");
  return chromium.launch({ executablePath: program("chromium"), args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

/** A page in which every complaint and every request counts. */
export async function open(browser, file, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints = [], requests = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => /^(file|data|blob):/.test(request.url()) || requests.push(request.url()));
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const started = performance.now();
  await page.goto(pathToFileURL(file).href, { waitUntil: "domcontentloaded" });
  if (options.javaScriptEnabled !== false) await page.waitForFunction(() => document.documentElement.dataset.ready === "yes" || document.getElementById("block") === null, null, { timeout: 120000 });
  const opened_s = (performance.now() - started) / 1000;
  const metrics = Object.fromEntries((await session.send("Performance.getMetrics")).metrics.map(({ name, value }) => [name, value]));
  const paint_s = await page.evaluate(() => performance.getEntriesByType("paint").find((one) => one.name === "first-contentful-paint")?.startTime / 1000);
  return { page, context, complaints, requests, opened_s, paint_s, metrics };
}

/** Scrolls through the page, so that every chart is drawn. */
export async function drawAll(page) {
  for (const figure of await page.locator("figure.chart").all()) {
    await figure.scrollIntoViewIfNeeded();
    await figure.evaluate((element) => new Promise((resolve) => {
      const wait = () => (element.dataset.marks === undefined ? setTimeout(wait, 20) : resolve());
      wait();
    }));
  }
}

export async function seriousFaults(page) {
  const { AxeBuilder } = modules("@axe-core/playwright");
  const found = await new AxeBuilder({ page }).analyze();
  return found.violations.filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.target.join(" ")).join("; ")} (${one.nodes.length}) ${one.nodes[0]?.any?.[0]?.message ?? ""}`);
}
