import * as echarts from "echarts/core";
import { BarChart, BoxplotChart, HeatmapChart, LineChart, ScatterChart } from "echarts/charts";
import { DataZoomComponent, DataZoomInsideComponent, GridComponent, LegendComponent, LegendScrollComponent, MarkAreaComponent, TooltipComponent, VisualMapContinuousComponent } from "echarts/components";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer, SVGRenderer } from "echarts/renderers";
import { CANVAS_FROM, type Chart, type Mark } from "./charts/spec";
import { ink } from "./look";
import { rowCard } from "./rowcard";
import type { State } from "./state";
import { say } from "./words";

echarts.use([BarChart, BoxplotChart, HeatmapChart, LineChart, ScatterChart, DataZoomComponent, DataZoomInsideComponent, GridComponent,
  LegendComponent, LegendScrollComponent, MarkAreaComponent, TooltipComponent, VisualMapContinuousComponent, LabelLayout, CanvasRenderer, SVGRenderer]);

/** One chart in its figure: drawn when it comes into sight, and again when rows, language, theme or width change. */
export class Figure {
  private chart: echarts.ECharts | null = null;
  private kind: "svg" | "canvas" = "svg";
  private seen = false;
  private stale = true;
  private width = 0;
  private readonly plot: HTMLElement;

  constructor(
    private readonly element: HTMLElement,
    private readonly draw: Chart,
    private readonly state: State,
    private readonly onPick: (row: number) => void,
  ) {
    this.plot = element.querySelector<HTMLElement>(".plot")!;
    this.addDownload();
    new IntersectionObserver((entries) => {
      this.seen = entries.some((entry) => entry.isIntersecting);
      if (this.seen) this.render();
    }, { rootMargin: "400px" }).observe(element);
    new ResizeObserver(() => {
      if (Math.abs(this.plot.clientWidth - this.width) > 4) this.invalidate();
    }).observe(this.plot);
  }

  invalidate(): void {
    this.stale = true;
    if (this.seen) this.render();
  }

  /** Draws even out of sight: before printing. */
  render(): void {
    if (!this.stale || this.plot.clientWidth === 0) return;
    this.stale = false;
    this.width = this.plot.clientWidth;
    const view = this.state.view();
    const spec = this.draw(view, this.width);
    this.element.classList.toggle("empty", spec === null);
    if (spec === null) {
      this.chart?.dispose();
      this.chart = null;
      this.plot.style.height = "auto";
      this.plot.removeAttribute("role");
      this.plot.textContent = say("ui.nothing");
      this.element.dataset["rows"] = this.element.dataset["marks"] = this.element.dataset["drawn"] = "0";
      return;
    }
    const kind = spec.marks > CANVAS_FROM ? "canvas" : "svg";
    if (this.chart === null || this.kind !== kind) {
      this.chart?.dispose();
      this.plot.textContent = "";
      this.plot.style.height = `${spec.height}px`;
      this.chart = echarts.init(this.plot, null, { renderer: kind, height: spec.height });
      this.kind = kind;
      this.chart.on("click", (event) => {
        const mark = event.data as Mark | undefined;
        if (mark?.row !== undefined) this.onPick(mark.row);
      });
    }
    this.plot.style.height = `${spec.height}px`;
    this.chart.resize({ width: this.width, height: spec.height });
    this.chart.setOption({ ...spec.option, tooltip: this.tooltip() }, true);
    // Paper does not wait for the next frame, and may be narrower than the screen was.
    this.chart.getZr().flush();
    const svg = this.plot.querySelector("svg");
    if (svg !== null) svg.setAttribute("viewBox", `0 0 ${this.width} ${spec.height}`);
    this.plot.setAttribute("role", "img");
    this.plot.setAttribute("aria-label", spec.aria);
    this.element.dataset["rows"] = String(spec.rows);
    this.element.dataset["marks"] = String(spec.marks);
    this.element.dataset["drawn"] = String(this.drawn());
    this.element.dataset["renderer"] = kind;
  }

  /** Marks that the chart itself holds, lines and ceilings left out. */
  private drawn(): number {
    const option = this.chart!.getOption() as { series: { type: string; data: (Mark | unknown[] | "-")[] }[] };
    let marks = 0;
    for (const series of option.series) {
      for (const item of series.data) {
        if (typeof item === "object" && (Array.isArray(item) ? series.type === "line" && this.element.dataset["chart"] === "telemetry" : item.row !== undefined)) ++marks;
      }
    }
    return marks;
  }

  private tooltip() {
    return {
      trigger: "item", confine: true, enterable: true, appendTo: undefined,
      backgroundColor: ink("surface"), borderColor: ink("line"), textStyle: { color: ink("text"), fontSize: 12 },
      extraCssText: "max-width:min(92vw,480px);white-space:normal;",
      formatter: (event: { data?: Mark; seriesName?: string; value?: unknown }) => {
        const mark = event.data;
        if (mark?.row !== undefined) return rowCard(this.state.view().table, mark.row, mark.rows ?? 1, mark.note ?? "");
        return "";
      },
    };
  }

  private addDownload(): void {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "tool download";
    button.dataset["say"] = "ui.download";
    button.addEventListener("click", () => {
      if (this.chart === null) return;
      const link = document.createElement("a");
      link.href = this.chart.getDataURL({ type: this.kind === "svg" ? "svg" : "png", pixelRatio: 2, backgroundColor: ink("surface") });
      link.download = `${this.element.dataset["chart"]}.${this.kind === "svg" ? "svg" : "png"}`;
      link.click();
    });
    this.element.querySelector("figcaption")?.append(button);
  }
}
