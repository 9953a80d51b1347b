import "./style.css";
import { coverage, models, shapes } from "./charts/matrices";
import { accuracy, comparison, latency, telemetry } from "./charts/quality";
import { bars, rateBySize, roofline } from "./charts/rates";
import type { Chart } from "./charts/spec";
import { mountDropZone } from "./explorer";
import { Figure } from "./figure";
import { RowTable } from "./rowtable";
import { mountSortable } from "./sortable";
import { State } from "./state";
import { decodeBlock } from "./table";
import { mountFilters, mountTheme } from "./toolbar";
import { language, loadWords, say } from "./words";

const CHARTS: Record<string, Chart> = { bars, size: rateBySize, roofline, shapes, coverage, models, accuracy, latency, telemetry, comparison };

/** Words outside the prose: what scripts have added. */
function sayAll(): void {
  for (const element of document.querySelectorAll<HTMLElement>("[data-say]")) element.textContent = say(element.dataset["say"]!);
}

async function start(): Promise<void> {
  loadWords();
  const root = document.documentElement;
  root.classList.add("scripted");
  const state = new State();
  const rows = document.getElementById("rows");
  const rowTable = rows === null ? null : new RowTable(rows, state);
  const pick = (row: number) => {
    rowTable?.pick(row);
    document.getElementById("picked-link")?.setAttribute("href", `#r${row}`);
  };
  const figures = [...document.querySelectorAll<HTMLElement>("figure[data-chart]")].map(
    (element) => new Figure(element, CHARTS[element.dataset["chart"]!]!, state, pick));
  const redrawAll = () => figures.forEach((figure) => figure.invalidate());
  const filters = document.getElementById("filters");
  const redrawFilters = filters === null ? () => {} : mountFilters(filters, state);
  state.onChange(() => {
    redrawFilters();
    rowTable?.update();
    redrawAll();
  });

  const theme = document.getElementById("theme");
  if (theme !== null) mountTheme(theme, redrawAll);
  for (const input of document.querySelectorAll<HTMLInputElement>('input[name="language"]')) {
    input.addEventListener("change", () => {
      root.lang = language() === "zh" ? "zh-CN" : "en";
      sayAll();
      if (theme !== null) theme.textContent = say(`ui.theme_${root.dataset["theme"] ?? "auto"}`);
      state.changed();
    });
  }
  // Paper has no tabs to open and no dark side.
  let before = "auto";
  addEventListener("beforeprint", () => {
    before = root.dataset["theme"] ?? "auto";
    root.dataset["theme"] = "light";
    for (const figure of figures) {
      figure.invalidate();
      figure.render();
    }
  });
  addEventListener("afterprint", () => {
    root.dataset["theme"] = before;
    redrawAll();
  });
  mountSortable(document);
  sayAll();
  const drop = document.getElementById("drop");
  if (drop !== null) mountDropZone(drop, state);
  const block = document.getElementById("block");
  if (block !== null) state.load(await decodeBlock(block.textContent ?? ""));
  root.dataset["ready"] = "yes";
}

void start();
