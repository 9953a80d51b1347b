import { seconds, si, tick } from "../format";
import { byDtype, groupBy, medianRow } from "../groups";
import { colour, dash, ink, shape } from "../look";
import type { Row, View } from "../state";
import { say } from "../words";
import { ratios } from "./matrices";
import { axis, decades, frame, labelWidth, legend, octaves, upright, type ChartSpec, type Mark } from "./spec";
import { rated } from "./rates";

/** Grade by type: the error of every graded row in units of rounding. */
export function accuracy(view: View): ChartSpec | null {
  const grade = (row: Row) => view.table.real(row.index, "grade_e");
  const rows = view.rows.filter((row) => (grade(row) ?? 0) > 0);
  if (rows.length === 0) return null;
  const dtypes = [...new Set(rows.map((row) => row.dtype))].sort(byDtype);
  const series = [...groupBy(rows, (row) => row.subject)].map(([name, group], s) => ({
    type: "scatter", name, symbol: shape(s), symbolSize: rows.length > 2000 ? 4 : 9,
    itemStyle: { color: colour(s), opacity: 0.7 },
    // Marks of one type stand side by side in the order of the rows, so that none hides another.
    data: group.map((row, i): Mark => ({ value: [dtypes.indexOf(row.dtype) + 0.12 + 0.76 * ((i * 0.618034) % 1), grade(row)], row: row.index })),
  }));
  return {
    option: frame({
      grid: { left: 14, right: 20, top: 62, bottom: 26, containLabel: true },
      xAxis: [{ ...axis("value", "", { min: 0, max: dtypes.length, interval: 1 }), axisLabel: { show: false }, axisTick: { show: false } },
        { ...axis("category", "", { data: dtypes, position: "bottom" }), axisLabel: { color: ink("text"), fontWeight: 600, interval: 0 } }],
      yAxis: upright("log", say("ui.grade"), { ...decades(rows.map((row) => grade(row)!)), axisLabel: { formatter: (v: number) => si(v, "", 1).trim() } }),
      series,
    }),
    rows: rows.length, marks: rows.length, height: 380, aria: say("ui.aria_accuracy", { rows: rows.length }),
  };
}

const ratioTick = (v: number) => (v < 1 ? `1/${Number((1 / v).toPrecision(2))}` : String(Number(v.toPrecision(2)))) + "×";

/** Spread of the rounds: boxes where samples are kept, else median, 95 % and 99 % as the row has them. */
export function latency(view: View, width: number): ChartSpec | null {
  const shown = new Map(view.rows.map((row) => [row.index, row]));
  const boxes = view.table.quantiles.filter((one) => shown.has(one.row));
  if (boxes.length > 0) {
    const order = boxes.slice().sort((a, b) => (b.q[5]! - b.q[1]!) / b.q[3]! - (a.q[5]! - a.q[1]!) / a.q[3]!);
    const names = order.map((one) => `${shown.get(one.row)!.caseId} #${one.row}`);
    const data = order.map((one): Mark => {
      const m = one.q[3]!;
      return { value: [one.q[1]! / m, one.q[2]! / m, 1, one.q[4]! / m, one.q[5]! / m], row: one.row,
        note: say("ui.box", { n: one.n, p5: seconds(one.q[1]!), p50: seconds(m), p95: seconds(one.q[5]!) }) };
    });
    const some = Math.min(order.length, 24);
    const edges = order.flatMap((one) => [one.q[1]! / one.q[3]!, one.q[5]! / one.q[3]!]);
    const low = Math.min(...edges), high = Math.max(...edges), room = (high - low) * 0.05 + 0.005;
    // One case that was disturbed would press all others flat.
    const scale = high > 4 && low > 0 ? axis("log", say("ui.spread"), { nameGap: 28, ...decades(edges), axisLabel: { formatter: ratioTick } })
      : axis("value", say("ui.spread"), { nameGap: 28, min: Math.max(0, low - room), max: high + room,
        axisLabel: { showMinLabel: false, showMaxLabel: false, formatter: (v: number) => `${v.toFixed(2)}×` } });
    const label = labelWidth(names, width);
    return {
      option: frame({
        legend: { show: false },
        grid: { left: label + 14, right: order.length > some ? 44 : 20, top: 12, bottom: 46 },
        xAxis: scale,
        yAxis: axis("category", "", { data: names, inverse: true, axisLabel: { color: ink("text"), width: label, overflow: "truncate", interval: 0, hideOverlap: false } }),
        dataZoom: order.length > some ? [{ type: "slider", yAxisIndex: 0, startValue: 0, endValue: some - 1, width: 16, right: 4, showDetail: false, brushSelect: false }] : [],
        series: [{ type: "boxplot", data, itemStyle: { color: ink("surface"), borderColor: colour(0), borderWidth: 1.5 } }],
      }),
      rows: boxes.length, marks: boxes.length, height: 80 + some * 24, aria: say("ui.aria_latency", { rows: boxes.length }),
    };
  }
  const rows = view.rows.filter((row) => view.table.real(row.index, "latency_p50_s") !== null);
  if (rows.length === 0) return null;
  const values: number[] = [];
  const series = ["latency_p50_s", "latency_p95_s", "latency_p99_s"].map((column, c) => ({
    type: "scatter", name: column.slice(8, 11), symbol: shape(c), symbolSize: 8, itemStyle: { color: colour(c) },
    data: rows.flatMap((row): Mark[] => {
      const value = view.table.real(row.index, column);
      if (value === null || value <= 0) return [];
      values.push(value);
      return [{ value: [row.work, value], row: row.index }];
    }),
  }));
  return {
    option: frame({
      grid: { left: 14, right: 20, top: 44, bottom: 30, containLabel: true },
      xAxis: axis("log", say("ui.work"), { ...decades(rows.map((row) => row.work ?? 0)), nameGap: 30, axisLabel: { formatter: tick("FLOP") } }),
      yAxis: axis("log", say("ui.latency"), { ...decades(values), nameGap: 64, axisLabel: { formatter: tick("s") } }),
      series,
    }),
    rows: values.length, marks: values.length, height: 380, aria: say("ui.aria_latency", { rows: rows.length }),
  };
}

/** Clock, power and temperature over the run; what held the clock down is shaded. */
export function telemetry(view: View): ChartSpec | null {
  const kinds = (["clock_hz", "power_w", "temp_c"] as const).filter((kind) => view.table.telemetry.some((one) => one[kind].some((v) => v !== null)));
  if (kinds.length === 0) return null;
  const units = { clock_hz: "Hz", power_w: "W", temp_c: "°C" };
  const height = 150;
  const shaded = new Set<string>();  // devices that are held down together share one shade
  let marks = 0;
  const series = kinds.flatMap((kind, k) => view.table.telemetry.map((one, t) => {
    const data = one.t_s.flatMap((time, i) => (one[kind][i] === null ? [] : [[time, one[kind][i]!]]));
    marks += data.length;
    return { type: "line", name: one.device_uid, xAxisIndex: k, yAxisIndex: k, data, showSymbol: false, symbolSize: 5,
      lineStyle: { color: colour(t), type: dash(t), width: 1.6 }, itemStyle: { color: colour(t) },
      markArea: { silent: true, itemStyle: { color: ink("bad"), opacity: 0.16 }, label: { color: ink("bad"), show: k === 0 },
        data: one.throttle.filter((span) => !shaded.has(`${k} ${span}`) && shaded.add(`${k} ${span}`))
          .map(([from, to, reason]) => [{ name: reason, xAxis: from }, { xAxis: to }]) } };
  }));
  return {
    option: frame({
      axisPointer: { link: [{ xAxisIndex: "all" }] },
      grid: kinds.map((_, k) => ({ left: 84, right: 20, top: 44 + k * (height + 26), height })),
      xAxis: kinds.map((_, k) => ({ ...axis("value", k === kinds.length - 1 ? say("ui.since_start") : "", { gridIndex: k, nameGap: 26, min: 0, axisLabel: { show: k === kinds.length - 1 } }) })),
      yAxis: kinds.map((kind, k) => axis("value", say(`ui.${kind}`), { gridIndex: k, scale: true, nameGap: 62, splitNumber: 3, axisLabel: { formatter: (v: number) => si(v, units[kind], 3) } })),
      series,
    }),
    rows: marks, marks, height: 90 + kinds.length * (height + 26), aria: say("ui.aria_telemetry", { points: marks }),
  };
}

/** Few chips: lines with their names at the end; up to a dozen: dots; more: a map of ratios. */
export function comparison(view: View, width: number): ChartSpec | null {
  if (view.subjects.length < 2) return null;
  if (view.subjects.length > 12) return ratios(view, width);
  const groups = groupBy(rated(view), (row) => row.caseId);
  const cases = [...groups].filter(([, rows]) => new Set(rows.map((row) => row.subject)).size > 1)
    .map(([name, rows]) => ({ name, by: new Map([...groupBy(rows, (row) => row.subject)].map(([s, group]) => [s, medianRow(group)!])) }));
  if (cases.length === 0) return null;
  const ratio = (one: (typeof cases)[number], subject: string) => {
    const base = one.by.get(view.baseline), row = one.by.get(subject);
    return base === undefined || row === undefined ? null : row.rate! / base.rate!;
  };
  const lines = view.subjects.length <= 4;
  const common = cases.filter((one) => one.by.has(view.baseline));
  if (common.length === 0) return null;
  if (lines) common.sort((a, b) => ([...a.by.values()][0]!.work ?? 0) - ([...b.by.values()][0]!.work ?? 0) || a.name.localeCompare(b.name));
  const mean = (subject: string) => {
    const logs = common.map((one) => ratio(one, subject)).filter((v): v is number => v !== null).map(Math.log);
    return logs.reduce((a, b) => a + b, 0) / Math.max(1, logs.length);
  };
  const subjects = lines ? view.subjects.slice() : view.subjects.slice().sort((a, b) => mean(b) - mean(a));
  const values: number[] = [];
  let marks = 0;
  const series = subjects.map((subject, s) => {
    const data = common.flatMap((one, i): Mark[] => {
      const value = ratio(one, subject);
      if (value === null) return [];
      values.push(value);
      ++marks;
      return [{ value: lines ? [i, value] : [value, subject], row: one.by.get(subject)!.index, note: `${value.toPrecision(3)}×` }];
    });
    return lines
      ? { type: "line", name: subject, data, showAllSymbol: true, symbol: shape(s), symbolSize: 7, lineStyle: { color: colour(s), type: dash(s), width: 2 }, itemStyle: { color: colour(s) },
          endLabel: { show: width > 560, formatter: subject, color: colour(s), width: 150, overflow: "truncate" }, labelLayout: { moveOverlap: "shiftY" } }
      : { type: "scatter", name: subject, data, symbol: shape(s), symbolSize: 8, itemStyle: { color: colour(s), opacity: 0.6 } };
  });
  const range = octaves(values);
  const scale = (lines ? upright : axis)("log", say("ui.ratio", { baseline: view.baseline }), { ...range, ...(lines ? {} : { nameGap: 30 }), axisLabel: { formatter: ratioTick } });
  return {
    option: frame(lines
      ? { legend: legend({ show: width <= 560 }), grid: { left: 14, right: width > 560 ? 150 : 14, top: 44, bottom: 34, containLabel: true },
          xAxis: axis("category", say("ui.by_work"), { data: common.map((_, i) => i), nameGap: 14, axisLabel: { show: false } }), yAxis: scale, series }
      : { legend: { show: false }, grid: { left: 14, right: 24, top: 16, bottom: 30, containLabel: true }, xAxis: scale,
          yAxis: axis("category", "", { data: subjects, inverse: true, axisLabel: { color: ink("text"), width: 190, overflow: "truncate" } }), series }),
    rows: marks, marks, height: lines ? 420 : 80 + subjects.length * 40,
    aria: say("ui.aria_comparison", { subjects: subjects.length, cases: common.length, baseline: view.baseline }),
  };
}
