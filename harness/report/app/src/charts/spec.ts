import type { EChartsCoreOption } from "echarts/core";
import type { View } from "../state";
import { fonts, ink } from "../look";

/** What one figure draws. */
export interface ChartSpec {
  option: EChartsCoreOption;
  /** rows that the figure is about: as many marks must be drawn, or each row must stand behind one */
  rows: number;
  /** marks with a row or group behind them */
  marks: number;
  height: number;
  /** one sentence for people who do not see it */
  aria: string;
}
/** null where there is nothing to draw. */
export type Chart = (view: View, width: number) => ChartSpec | null;

/** Above so many marks a canvas is quicker than SVG. */
export const CANVAS_FROM = 2000;

/** A mark that leads to its row. */
export interface Mark {
  value: (number | string | null)[];
  row?: number;
  rows?: number;
  note?: string;
  symbolOffset?: [number, number];
}

const text = () => ({ color: ink("text"), fontFamily: fonts() });

export function axis(type: "log" | "value" | "category" | "time", name: string, more: object = {}) {
  return {
    type,
    name,
    nameLocation: "middle",
    nameTextStyle: { ...text(), fontWeight: 600 },
    axisLine: { show: true, lineStyle: { color: ink("muted") } },
    axisTick: { lineStyle: { color: ink("muted") } },
    splitLine: { show: type !== "category", lineStyle: { color: ink("line") } },
    minorSplitLine: { show: false },
    ...more,
    axisLabel: { color: ink("muted"), hideOverlap: true, ...((more as { axisLabel?: object }).axisLabel ?? {}) },
  };
}

/** An upright axis whose name stands above it, lying, where nothing is in its way. */
export function upright(type: "log" | "value", name: string, more: object = {}) {
  return axis(type, name, { ...more, nameLocation: "end", nameGap: 12, nameTextStyle: { ...text(), fontWeight: 600, align: "left" } });
}

/** Room for the names of lines: what the longest needs, as far as the plot can spare it. */
export function labelWidth(names: readonly string[], width: number): number {
  const longest = names.reduce((most, name) => Math.max(most, name.length), 0);
  return Math.max(70, Math.min(longest * 7 + 8, width * 0.42, 400));
}

export function frame(more: object): EChartsCoreOption {
  return {
    animation: false,
    textStyle: { ...text() },
    backgroundColor: "transparent",
    legend: legend(),
    ...more,
  } as EChartsCoreOption;
}

export function legend(more: object = {}) {
  return { type: "scroll", top: 0, left: 0, right: 0, itemGap: 18, itemWidth: 16, itemHeight: 12, textStyle: text(), inactiveColor: ink("line"), pageTextStyle: text(),
    pageIconColor: ink("accent"), ...more };
}

/** A decade scale that holds every value with room at both ends. */
export function decades(values: Iterable<number>): { min: number; max: number } {
  let low = Infinity, high = 0;
  for (const value of values) {
    if (value > 0 && value < low) low = value;
    if (value > high) high = value;
  }
  if (!(high > 0)) return { min: 1, max: 10 };
  const floor = 10 ** Math.floor(Math.log10(low));
  const ceil = 10 ** Math.ceil(Math.log10(high));
  // A value at the very edge would be half a mark.
  return { min: low < floor * 1.1 ? floor / 2 : floor, max: high > ceil / 1.1 ? ceil * 2 : ceil === floor ? ceil * 10 : ceil };
}

/** The same in powers of two, for ratios. */
export function octaves(values: Iterable<number>): { min: number; max: number; logBase: number } {
  let low = 1, high = 1;
  for (const value of values) {
    if (value <= 0) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { min: 2 ** Math.floor(Math.log2(low * 0.97)), max: 2 ** Math.ceil(Math.log2(high * 1.03)), logBase: 2 };
}
