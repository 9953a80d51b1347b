import { rate, si, tick } from "../format";
import { byDtype, groupBy, medianRow } from "../groups";
import { colour, dash, ink, isDark, shape } from "../look";
import type { Row, View } from "../state";
import { say } from "../words";
import { axis, decades, frame, labelWidth, legend, upright, type ChartSpec, type Mark } from "./spec";

const rated = (view: View) => view.rows.filter((row) => row.rate !== null && row.rate > 0);

function bestRow(rows: readonly Row[]): Row {
  return rows.reduce((best, row) => (row.implausible !== best.implausible ? best.implausible : row.rate! > best.rate!) ? row : best);
}

/** Best rate of each type, beside the nominal and the measured peak. */
export function bars(view: View, plotWidth: number): ChartSpec | null {
  const rows = rated(view);
  if (rows.length === 0) return null;
  const dtypes = [...new Set(rows.map((row) => row.dtype))].sort(byDtype);
  const subjects = view.subjects.filter((name) => rows.some((row) => row.subject === name));
  const groups = groupBy(rows, (row) => `${row.subject}\n${row.dtype}`);
  const series: object[] = [];
  const peaks = { empirical: [] as Mark[], nominal: [] as Mark[] };
  const values: number[] = [];
  let marks = 0;
  const width = subjects.length === 1 ? 24 : 16, step = width + 2;
  // Many chips that share few types: a line for each pair that is there, instead of room for all that are not.
  const sparse = groups.size < 0.75 * dtypes.length * subjects.length;
  const line = (dtype: string, subject: string) => (sparse ? `${dtype} · ${subject}` : dtype);
  const lines = sparse ? dtypes.flatMap((dtype) => subjects.filter((one) => groups.has(`${one}\n${dtype}`)).map((one) => line(dtype, one))) : dtypes;
  subjects.forEach((subject, s) => {
    const offset = sparse ? 0 : (s - (subjects.length - 1) / 2) * step;
    const data = dtypes.flatMap((dtype): Mark[] => {
      const group = groups.get(`${subject}\n${dtype}`);
      if (group === undefined) return [];
      const best = bestRow(group);
      values.push(best.rate!);
      ++marks;
      for (const kind of ["empirical", "nominal"] as const) {
        const value = best[kind];
        if (value === null || value <= 0) continue;
        values.push(value);
        peaks[kind].push({ value: [value, line(dtype, subject)], row: best.index, note: `${subject}: ${say(`ui.peak_${kind}`)} ${rate(value)}`, symbolOffset: [0, offset] });
      }
      return [{ value: [best.rate!, line(dtype, subject)], row: best.index, rows: group.length }];
    });
    series.push({ type: "bar", name: subject, data, itemStyle: { color: colour(s), borderRadius: 2 }, barWidth: width, barGap: sparse ? "-100%" : `${(200 / width).toFixed(2)}%`, barMinHeight: 3,
      label: { show: true, position: "insideLeft", color: isDark() ? "#10141a" : "#ffffff", fontSize: subjects.length === 1 ? 13 : 11,
        formatter: (p: { value: [number, string] }) => rate(p.value[0]) } });
  });
  for (const [kind, symbol] of [["empirical", "rect"], ["nominal", "diamond"]] as const) {
    if (peaks[kind].length === 0) continue;
    series.push({ type: "scatter", name: say(`ui.peak_${kind}`), data: peaks[kind], symbol, z: 5,
      symbolSize: kind === "empirical" ? [4, width + 2] : width - 4,
      itemStyle: { color: kind === "empirical" ? ink("text") : ink("surface"), borderColor: ink("text"), borderWidth: 2 } });
  }
  // The shortest bar still has room for its figure.
  const range = decades(values);
  while (Math.log(Math.min(...values) / range.min) < (plotWidth < 560 ? 0.45 : 0.25) * Math.log(range.max / range.min)) range.min /= 10;
  return {
    option: frame({
      legend: sparse ? { show: false } : legend(),
      grid: { left: 8, right: 40, top: sparse ? 12 : 40, bottom: 26, containLabel: true },
      xAxis: axis("log", say("ui.rate"), { ...range, nameGap: 30, axisLabel: { formatter: tick("FLOP/s") } }),
      yAxis: axis("category", "", { data: lines, inverse: true, axisTick: { show: !sparse }, axisLabel: { color: ink("text"), fontWeight: sparse ? 400 : 600, interval: 0, hideOverlap: false, width: labelWidth(lines, plotWidth), overflow: "truncate" } }),
      series,
    }),
    rows: marks, marks, height: sparse ? 80 + lines.length * (step + 6) : 100 + dtypes.length * (step * subjects.length + 18),
    aria: say("ui.aria_bars", { dtypes: dtypes.length, subjects: subjects.length }),
  };
}

/** Rate against work: a line through the square problems, where there are some, and a mark for every row. */
export function rateBySize(view: View): ChartSpec | null {
  const rows = rated(view).filter((row) => row.work !== null && row.work > 0);
  if (rows.length === 0) return null;
  const groups = [...groupBy(rows, (row) => `${row.subject} · ${row.dtype}`)];
  const series: object[] = [];
  groups.forEach(([name, group], g) => {
    const data: Mark[] = group.map((row) => ({ value: [row.work!, row.rate!], row: row.index }));
    const square = group.filter((row) => row.op === "gemm" && row.suite.startsWith("square")).sort((a, b) => a.work! - b.work!);
    series.push({ type: "scatter", name, data, symbol: shape(g), symbolSize: rows.length > 2000 ? 4 : 9, large: false,
      itemStyle: { color: colour(g), opacity: rows.length > 500 ? 0.55 : 0.85 } });
    const points = [...groupBy(square, (row) => String(row.work))].map(([, at]) => medianRow(at)!);
    if (points.length > 1) {
      series.push({ type: "line", name, data: points.map((row) => [row.work!, row.rate!]), showSymbol: false, silent: true,
        lineStyle: { color: colour(g), type: dash(g), width: 2 }, itemStyle: { color: colour(g) } });
    }
  });
  return {
    option: frame({
      grid: { left: 14, right: 28, top: 62, bottom: 30, containLabel: true },
      xAxis: axis("log", say("ui.work"), { ...decades(rows.map((row) => row.work!)), nameGap: 30, axisLabel: { formatter: tick("FLOP") } }),
      yAxis: upright("log", say("ui.rate"), { ...decades(rows.map((row) => row.rate!)), axisLabel: { formatter: tick("FLOP/s") } }),
      series,
    }),
    rows: rows.length, marks: rows.length, height: 420,
    aria: say("ui.aria_size", { rows: rows.length }),
  };
}

/** Rows under the ceilings that the harness measured: the rate of registers and the bandwidth of memory. */
export function roofline(view: View): ChartSpec | null {
  const rows = rated(view).filter((row) => row.work !== null && row.traffic !== null && row.traffic > 0);
  if (rows.length === 0) return null;
  const intensity = (row: Row) => row.work! / row.traffic!;
  const dtypes = [...new Set(rows.map((row) => row.dtype))].sort(byDtype);
  const bandwidth = view.table.peaks.filter((peak) => peak.what.endsWith("bandwidth")).map((peak) => peak.value);
  const slope = bandwidth.length > 0 ? Math.max(...bandwidth) : null;
  const xs = rows.map(intensity);
  const ys = rows.map((row) => row.rate!);
  for (const row of rows) if (row.empirical !== null) ys.push(row.empirical);
  const x = decades(xs);
  const series: object[] = [];
  const roofOf = (dtype: string) => Math.max(...rows.filter((row) => row.dtype === dtype).map((row) => row.empirical ?? 0));
  // Types whose ceilings read the same share one label.
  const named = groupBy(dtypes, (dtype) => rate(roofOf(dtype)));
  dtypes.forEach((dtype, d) => {
    const group = rows.filter((row) => row.dtype === dtype);
    const data: Mark[] = group.map((row) => ({ value: [intensity(row), row.rate!], row: row.index }));
    series.push({ type: "scatter", name: dtype, data, symbol: shape(d), symbolSize: rows.length > 2000 ? 4 : 9,
      itemStyle: { color: colour(d), opacity: rows.length > 500 ? 0.55 : 0.85 } });
    const roofs = group.map((row) => row.empirical).filter((value): value is number => value !== null);
    if (roofs.length === 0) return;
    const roof = Math.max(...roofs);
    const knee = slope === null ? x.min : Math.min(Math.max(roof / slope, x.min), x.max);
    const line = slope === null ? [] : [[x.min, Math.min(roof, slope * x.min)]];
    if (slope !== null) ys.push(Math.min(roof, slope * x.min));
    series.push({ type: "line", name: dtype, silent: true, showSymbol: false, data: [...line, [knee, roof], [x.max, roof]],
      lineStyle: { color: colour(d), type: dash(d), width: 2 }, itemStyle: { color: colour(d) },
      labelLayout: { moveOverlap: "shiftY" },
      endLabel: { show: named.get(rate(roof))![0] === dtype, formatter: `${named.get(rate(roof))!.join(", ")} ${rate(roof)}`, color: colour(d), align: "right", verticalAlign: "bottom", offset: [-6, -2] } });
  });
  return {
    option: frame({
      grid: { left: 14, right: 28, top: 62, bottom: 30, containLabel: true },
      xAxis: axis("log", say("ui.intensity"), { ...x, nameGap: 30, axisLabel: { formatter: (v: number) => String(Number(v.toPrecision(2))) } }),
      yAxis: upright("log", say("ui.rate"), { ...decades(ys), axisLabel: { formatter: tick("FLOP/s") } }),
      series,
    }),
    rows: rows.length, marks: rows.length, height: 440,
    aria: slope === null ? say("ui.aria_roofline_flat", { rows: rows.length }) : say("ui.aria_roofline", { rows: rows.length, bandwidth: si(slope, "B/s") }),
  };
}

export { bestRow, rated };
