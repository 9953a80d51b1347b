import { escapeHtml, percent, rate, seconds, si } from "./format";
import type { Table } from "./table";
import { say } from "./words";

/** The command that measures a row again; the same words as `chipfit run` prints. */
export function reproduction(table: Table, row: number): string {
  if (table.text(row, "provenance") === "published") return "";
  const word = (text: string) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`);
  const parts = ["chipfit run --case", word(table.text(row, "case_id")), "--backend", word(table.text(row, "backend"))];
  const device = table.text(row, "device_index");
  if (device !== "") parts.push("--devices", device);
  return parts.join(" ");
}

function lines(table: Table, row: number): [string, string][] {
  const text = (name: string) => table.text(row, name);
  const real = (name: string) => table.real(row, name);
  const low = real("time_ci_low_s"), high = real("time_ci_high_s");
  const share = (peak: number | null) => (real("rate_flop_per_s") === null || peak === null ? null : real("rate_flop_per_s")! / peak);
  const all: [string, string][] = [
    [say("ui.chip"), `${text("vendor")} ${text("chip")}`.trim()],
    [say("ui.backend"), [text("backend"), text("backend_version")].filter((part) => part !== "").join(" ")],
    [say("ui.suite"), [text("suite"), text("application")].filter((part) => part !== "").join(" · ")],
    [say("ui.verdict"), [text("verdict"), text("reason"), text("conditions")].filter((part) => part !== "").join(" · ")],
    [say("ui.time"), real("time_median_s") === null ? "" : `${seconds(real("time_median_s"))}${low === null || high === null ? "" : ` [${seconds(low)}, ${seconds(high)}]`}`],
    [say("ui.rate"), real("rate_flop_per_s") === null ? "" : rate(real("rate_flop_per_s"))],
    [say("ui.proven"), real("rate_proven_flop_per_s") === null ? "" : rate(real("rate_proven_flop_per_s"))],
    [say("ui.of_nominal"), share(real("peak_flop_per_s")) === null ? "" : percent(share(real("peak_flop_per_s")))],
    [say("ui.of_empirical"), share(real("peak_empirical_flop_per_s")) === null ? "" : percent(share(real("peak_empirical_flop_per_s")))],
    [say("ui.grade"), [text("grade"), real("grade_e") === null ? "" : si(real("grade_e"), "")].filter((part) => part !== "").join(" ")],
    [say("ui.power"), real("power_mean_w") === null ? "" : si(real("power_mean_w"), "W")],
    [say("ui.run"), `${text("run_id")} · ${text("device_uid")} · ${say("ui.launch")} ${text("launch")}`],
  ];
  return all.filter(([, value]) => value !== "");
}

/** The row behind a mark, as HTML; everything that comes from a file is escaped. */
export function rowCard(table: Table, row: number, group: number, note: string): string {
  const body = lines(table, row).map(([name, value]) => `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`).join("");
  const again = reproduction(table, row);
  return `<div class="card"><b class="id">${escapeHtml(table.text(row, "case_id"))}</b> <span class="dim">#${row}</span>` +
    (note === "" ? "" : `<div>${escapeHtml(note)}</div>`) +
    (group > 1 ? `<div class="dim">${escapeHtml(say("ui.one_of", { n: group }))}</div>` : "") +
    `<table>${body}</table>` + (again === "" ? "" : `<code>${escapeHtml(again)}</code>`) + `</div>`;
}
