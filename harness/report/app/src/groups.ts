import type { Row } from "./state";

export function groupBy<T>(items: Iterable<T>, key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return groups;
}

/** The row that stands for repeats of one case: of the rated ones that with the median rate (the lower of two). */
export function medianRow(rows: readonly Row[]): Row | null {
  const rated = rows.filter((row) => row.rate !== null).sort((a, b) => a.rate! - b.rate!);
  return rated[(rated.length - 1) >> 1] ?? null;
}

const DTYPES = ["f64", "f32", "f32:tf32", "f32:bf16", "f32:f16", "f32:relaxed", "f16", "bf16", "e4m3", "e5m2", "i8", "u8"];
/** Wide types first, as tables of chips have them; combinations after their input type. */
export function byDtype(a: string, b: string): number {
  const rank = (name: string) => {
    const exact = DTYPES.indexOf(name);
    if (exact >= 0) return exact;
    const base = DTYPES.indexOf(name.split(/[-+]/)[0]!);
    return base < 0 ? DTYPES.length : base + 0.5;
  };
  return rank(a) - rank(b) || a.localeCompare(b);
}

export const UNTRIED = new Set(["UNSUPPORTED", "TOO_BIG"]);
export const PASSED = new Set(["OK", "UNCHECKED"]);
