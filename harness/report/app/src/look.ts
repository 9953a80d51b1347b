/** Okabe and Ito's colours, told apart by people with any kind of colour vision; shape and dash say the same again. */
const LIGHT = ["#0072b2", "#d55e00", "#009e73", "#b5489a", "#8a6d00", "#3a9bd9", "#7a4fd0", "#4d4d4d"];
const DARK = ["#56b4e9", "#f08c3e", "#2fc79d", "#e08cc4", "#e6c545", "#8fd0ff", "#b79cf5", "#c9c9c9"];
export const SHAPES = ["circle", "rect", "triangle", "diamond", "emptyCircle", "emptyRect", "emptyTriangle"];
export const DASHES = ["solid", "dashed", "dotted", [8, 3, 2, 3], [12, 4]] as const;

export function isDark(): boolean {
  const theme = document.documentElement.dataset["theme"];
  if (theme === "dark") return true;
  if (theme === "light") return false;
  return matchMedia("(prefers-color-scheme: dark)").matches;
}
export const colour = (i: number) => (isDark() ? DARK : LIGHT)[i % LIGHT.length]!;
export const shape = (i: number) => SHAPES[i % SHAPES.length]!;
export const dash = (i: number) => DASHES[i % DASHES.length] as "solid" | "dashed" | "dotted" | number[];

/** A variable of the style sheet, so that charts and page have one palette. */
export function ink(name: "text" | "muted" | "line" | "surface" | "accent" | "good" | "warn" | "bad"): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
/** Viridis-like ramp that reads in grey too; in the dark it starts above the background. */
export const ramp = () =>
  isDark() ? ["#2b2f55", "#2d6c8e", "#2fa17f", "#a5cf4c", "#fde725"] : ["#eef4fb", "#b3d3ea", "#6aaed6", "#2878b5", "#0b3c78"];
/** Slower than the baseline, equal, faster. */
export const diverging = () =>
  isDark() ? ["#e0823d", "#8a5a33", "#3a3f47", "#2f6f9e", "#63b8f0"] : ["#c4570b", "#f2c8a0", "#f5f5f2", "#a9cfe8", "#0b62a8"];

/** The page's own fonts by name: a canvas cannot inherit. */
export const fonts = () => getComputedStyle(document.body).fontFamily;
