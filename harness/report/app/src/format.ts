const PREFIX = ["f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P", "E"];

function fixed(value: number, digits: number): string {
  const magnitude = Math.abs(value);
  const whole = magnitude < 1 ? 1 : 1 + Math.floor(Math.log10(magnitude));
  return value.toFixed(Math.max(0, digits - whole));
}

/** 3 significant digits with an SI prefix: "98.7 GFLOP/s". */
export function si(value: number | null, unit: string, digits = 3): string {
  if (value === null || !Number.isFinite(value)) return "–";
  let step = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)) / 3);
  step = Math.max(-5, Math.min(step, unit === "s" ? 0 : 6));
  let text = fixed(value / 1000 ** step, digits);
  if (Math.abs(Number(text)) >= 1000 && step < 6 && unit !== "s") text = fixed(value / 1000 ** ++step, digits);
  return `${text} ${PREFIX[step + 5]}${unit}`;
}
export const rate = (value: number | null) => si(value, "FLOP/s");
export const seconds = (value: number | null) => si(value, "s", 4);
export const percent = (ratio: number | null) =>
  ratio === null || !Number.isFinite(ratio) ? "–" : `${(ratio * 100).toFixed(Math.abs(ratio) >= 0.0995 ? 0 : 1)} %`;

/** For the axis of a quantity that spans decades. */
export const tick = (unit: string) => (value: number) => si(value, unit, 1).replace(/\.0+(?= )/, "");

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
