import { percent, rate } from "../format";
import { byDtype, groupBy, medianRow, PASSED, UNTRIED } from "../groups";
import { diverging, ink, isDark, ramp } from "../look";
import type { Row, View } from "../state";
import { say } from "../words";
import { axis, frame, labelWidth, type ChartSpec, type Mark } from "./spec";
import { bestRow, rated } from "./rates";

interface Grid {
  columns: string[];
  lines: string[];
  data: (Mark & { text: string })[];
  low: number;
  high: number;
  colours: string[];
  width: number;
  unit: (value: number) => string;
}

const LETTER = 7, TEXT_LINE = 13, FEWEST_PIXELS = 28, TILT = 40;

/** Lines that a name takes when it is broken between words. */
function linesOf(name: string, width: number): number {
  let lines = 1, used = 0;
  for (const word of name.split(" ")) {
    const long = word.length * LETTER;
    if (used > 0 && used + LETTER + long > width) {
      ++lines;
      used = 0;
    }
    used += (used > 0 ? LETTER : 0) + long;
  }
  return lines;
}

/** The longer list stands upright where the other way round cells would be too narrow to read. */
function upright(view: Grid): Grid {
  const room = view.width - labelWidth(view.lines, view.width) - 24;
  if (view.columns.length <= view.lines.length || room / view.columns.length > 2 * FEWEST_PIXELS) return view;
  const data = view.data.map((item) => ({ ...item, value: [item.value[1]!, item.value[0]!, item.value[2]!] }));
  return { ...view, columns: view.lines, lines: view.columns, data };
}

/** Cells with their figure written in them; text turns light or dark with the cell. */
function grid(given: Grid, aria: string, rows: number): ChartSpec {
  const view = upright(given);
  const { columns, lines, data } = view;
  const shown = Math.min(lines.length, 40);
  const scroll = lines.length > shown;
  const label = labelWidth(lines, view.width);
  const room = view.width - label - 24;
  const across = Math.min(columns.length, Math.max(1, Math.floor(room / FEWEST_PIXELS)));
  const pan = columns.length > across;
  const cell = room / Math.max(1, across);
  const wide = cell > 74;
  const narrow = view.width < 560;
  const folded = Math.max(1, ...lines.map((name) => linesOf(name, label - 8)));
  const line = narrow ? Math.max(41, Math.min(folded, 5) * TEXT_LINE + 4) : 28;
  const longest = Math.max(...data.map((item) => item.text.length)) * LETTER;
  // What does not fit beside each other stands in two lines.
  const written = (text: string) => (longest > cell ? text.replace(/ · |(?<=✓) /, "\n") : text);
  const name = Math.min(150, Math.max(0, ...columns.map((column) => column.length)) * LETTER);
  const top = wide ? 46 : Math.max(46, 16 + name * Math.sin((TILT / 180) * Math.PI));
  const span = view.high - view.low || 1;
  const luminous = (share: number) => (isDark() ? share > 0.6 : share < 0.45);
  for (const item of data) {
    const share = ((item.value[2] as number) - view.low) / span;
    (item as Mark & { label?: object }).label = { color: view.colours.length === 5 && view.colours[2] !== ramp()[2]
      ? ink("text") : luminous(share) === isDark() ? (isDark() ? "#10141b" : "#ffffff") : ink("text") };
  }
  return {
    option: frame({
      legend: { show: false },
      grid: { left: label + 6, right: scroll ? 44 : 12, top, bottom: pan ? 84 : 62 },
      xAxis: axis("category", "", { data: columns, position: "top", axisTick: { show: false },
        axisLabel: { color: ink("text"), fontWeight: 600, interval: 0, rotate: wide ? 0 : TILT, hideOverlap: false, ...(wide ? { width: cell - 6, overflow: "break" } : { width: name, overflow: "truncate" }) } }),
      yAxis: axis("category", "", { data: lines, inverse: true, axisTick: { show: false },
        axisLabel: { color: ink("text"), width: label - 8, overflow: narrow ? "break" : "truncate", lineHeight: TEXT_LINE, interval: 0, hideOverlap: false } }),
      dataZoom: [
        ...(scroll ? [{ type: "slider", yAxisIndex: 0, startValue: 0, endValue: shown - 1, width: 16, right: 4, showDetail: false, brushSelect: false }] : []),
        ...(pan ? [{ type: "slider", xAxisIndex: 0, startValue: 0, endValue: across - 1, height: 16, bottom: 32, showDetail: false, brushSelect: false }] : []),
      ],
      visualMap: { type: "continuous", min: view.low, max: view.high, dimension: 2, calculable: false, orient: "horizontal", left: "center", bottom: 4,
        itemHeight: 160, itemWidth: 12, inRange: { color: view.colours }, text: [view.unit(view.high), view.unit(view.low)], textStyle: { color: ink("muted") } },
      series: [{ type: "heatmap", data, itemStyle: { borderColor: ink("surface"), borderWidth: 2 },
        label: { show: cell > 25, fontSize: narrow ? 11 : 12, lineHeight: TEXT_LINE, formatter: (p: { data: { text: string } }) => written(p.data.text) },
        emphasis: { itemStyle: { borderColor: ink("text") } } }],
    }),
    rows, marks: data.length, height: top + (pan ? 96 : 74) + shown * line, aria,
  };
}

/** Subjects by what tells them apart: without the chip where all are of one chip. */
function shortNames(subjects: readonly string[]): Map<string, string> {
  const chip = subjects[0]?.split(" · ")[0] ?? "";
  const one = subjects.length > 1 && subjects.every((name) => name.startsWith(`${chip} · `));
  return new Map(subjects.map((name) => [name, one ? name.slice(chip.length + 3) : name]));
}

/** Share of the cases that pass: operation and layout against types. */
export function coverage(view: View, width: number): ChartSpec | null {
  if (view.rows.length === 0) return null;
  const several = view.subjects.length > 1;
  const names = shortNames(view.subjects);
  const line = (row: Row) => {
    const layout = view.table.text(row.index, "layout");
    return `${several ? `${names.get(row.subject)} · ` : ""}${row.op}${layout === "" ? "" : ` ${layout}`}`;
  };
  const columns = [...new Set(view.rows.map((row) => row.dtype))].sort(byDtype);
  const groups = groupBy(view.rows, (row) => `${line(row)}\n${row.dtype}`);
  const lines = [...new Set(view.rows.map(line))].sort();
  const data = [...groups].map(([key, rows]) => {
    const [y, x] = key.split("\n") as [string, string];
    const passed = rows.filter((row) => PASSED.has(row.verdict)).length;
    const tried = rows.some((row) => !UNTRIED.has(row.verdict));
    const first = rows.find((row) => !PASSED.has(row.verdict)) ?? rows[0]!;
    return { value: [x, y, passed / rows.length], row: first.index, rows: rows.length,
      text: passed === rows.length ? `✓ ${passed}` : tried ? `${passed}/${rows.length}` : "–" };
  });
  return grid({ columns, lines, data, low: 0, high: 1, colours: ramp(), width, unit: percent },
    say("ui.aria_coverage", { rows: view.rows.length }), view.rows.length);
}

/** Cases against types: rate as a share of the best of its type. */
export function shapes(view: View, width: number): ChartSpec | null {
  const rows = rated(view).filter((row) => view.subjects.length === 1 || row.subject === view.baseline);
  if (rows.length === 0) return null;
  const columns = [...new Set(rows.map((row) => row.dtype))].sort(byDtype);
  const best = new Map([...groupBy(rows, (row) => row.dtype)].map(([dtype, group]) => [dtype, bestRow(group).rate!]));
  const groups = groupBy(rows, (row) => `${row.shape}\n${row.dtype}`);
  const work = new Map(rows.map((row) => [row.shape, row.work ?? 0]));
  const lines = [...work.keys()].sort((a, b) => work.get(b)! - work.get(a)!);
  const data = [...groups].map(([key, group]) => {
    const [y, x] = key.split("\n") as [string, string];
    const row = medianRow(group)!;
    return { value: [x, y, row.rate! / best.get(x)!], row: row.index, rows: group.length, text: rate(row.rate).replace("FLOP/s", "") };
  });
  return grid({ columns, lines, data, low: 0, high: 1, colours: ramp(), width, unit: percent },
    say("ui.aria_shapes", { cells: data.length }), rows.length);
}

/** FLOP-weighted rate and share of a model's FLOP that passes. */
export function weighted(rows: readonly Row[]): { share: number; rate: number | null } {
  let all = 0, passed = 0, work = 0, time = 0;
  for (const [, group] of groupBy(rows, (row) => row.caseId)) {
    const any = group[0]!;
    const flop = (any.work ?? 0) * any.count;
    all += flop;
    const row = medianRow(group);
    if (row === null || !group.every((one) => PASSED.has(one.verdict))) continue;
    passed += flop;
    work += flop;
    time += (row.time ?? 0) * row.count;
  }
  return { share: all > 0 ? passed / all : 0, rate: time > 0 ? work / time : null };
}

/** Columns: a model and, where its layers are named for one, a token count. */
function model(view: View, row: Row): string {
  const tokens = /_m(\d+)$/.exec(view.table.text(row.index, "application"));
  return tokens === null ? row.suite : `${row.suite} M=${tokens[1]}`;
}

/** Chips against models. */
export function models(view: View, width: number): ChartSpec | null {
  const rows = view.rows.filter((row) => row.suite !== "");
  if (rows.length === 0) return null;
  const groups = groupBy(rows, (row) => `${row.subject}\n${model(view, row)}`);
  const lines = [...new Set(rows.map((row) => model(view, row)))];
  const columns = view.subjects.filter((name) => rows.some((row) => row.subject === name));
  const data = [...groups].map(([key, group]) => {
    const [x, y] = key.split("\n") as [string, string];
    const sum = weighted(group);
    return { value: [x, y, sum.share], rows: group.length, row: group[0]!.index,
      text: `${percent(sum.share)} · ${rate(sum.rate)}`, note: `${percent(sum.share)} · ${rate(sum.rate)}` };
  });
  return grid({ columns, lines, data, low: 0, high: 1, colours: ramp(), width, unit: percent },
    say("ui.aria_models", { cells: data.length }), rows.length);
}

/** Many chips: log₂ of the ratio to the baseline, cases against chips. */
export function ratios(view: View, width: number): ChartSpec | null {
  const rows = rated(view);
  const base = new Map([...groupBy(rows.filter((row) => row.subject === view.baseline), (row) => row.caseId)]
    .map(([name, group]) => [name, medianRow(group)!.rate!]));
  const cells = [...groupBy(rows.filter((row) => base.has(row.caseId)), (row) => `${row.subject}\n${row.caseId}`)];
  if (cells.length === 0) return null;
  const data = cells.map(([key, group]) => {
    const [x, y] = key.split("\n") as [string, string];
    const row = medianRow(group)!;
    const ratio = row.rate! / base.get(y)!;
    return { value: [x, y, Math.max(-3, Math.min(3, Math.log2(ratio)))], row: row.index, rows: group.length, text: `${ratio.toPrecision(3)}×`, note: `${ratio.toPrecision(3)}×` };
  });
  const columns = view.subjects.filter((name) => data.some((cell) => cell.value[0] === name));
  return grid({ columns, lines: [...base.keys()], data, low: -3, high: 3, colours: diverging(), width,
    unit: (v) => `${v < 0 ? "≤ 1/8" : "≥ 8"}×` }, say("ui.aria_ratios", { cells: data.length, baseline: view.baseline }), cells.length);
}
