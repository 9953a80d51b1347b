import { Table } from "./table";

export const FILTERS = ["chip", "dtype", "op", "suite", "verdict"] as const;
export type FilterName = (typeof FILTERS)[number];

/** A row as the charts see it: what they ask again and again, once. */
export interface Row {
  index: number;
  subject: string;
  chip: string;
  dtype: string;
  op: string;
  suite: string;
  verdict: string;
  caseId: string;
  /** the case without its types: what rows of several types share */
  shape: string;
  rate: number | null;
  work: number | null;
  traffic: number | null;
  empirical: number | null;
  nominal: number | null;
  /** above its own peak: never a record */
  implausible: boolean;
  time: number | null;
  count: number;
}

export interface View {
  table: Table;
  all: readonly Row[];
  /** those that pass the filters */
  rows: readonly Row[];
  subjects: readonly string[];
  baseline: string;
}

function dtypeOf(caseId: string): string {
  const first = caseId.indexOf(":");
  return caseId.slice(first + 1, caseId.indexOf(":", first + 1));
}

/** Math modes of f32 are a way of computing it, so they are named beside it. */
function rowsOf(table: Table): Row[] {
  const backends = new Map<string, Set<string>>();
  for (let i = 0; i < table.size; ++i) {
    const chip = table.text(i, "chip");
    let set = backends.get(chip);
    if (set === undefined) backends.set(chip, (set = new Set()));
    set.add(table.text(i, "backend"));
  }
  const several = [...backends.values()].some((set) => set.size > 1);
  const rows: Row[] = [];
  for (let i = 0; i < table.size; ++i) {
    const caseId = table.text(i, "case_id");
    const math = table.text(i, "math");
    const types = dtypeOf(caseId);
    const dtype = math !== "" && math !== "strict" ? `${types}:${math}` : types;
    const direction = table.text(i, "direction");
    const op = table.text(i, "op");
    const chip = table.text(i, "chip") || table.text(i, "device_uid");
    rows.push({
      index: i,
      subject: several ? `${chip} · ${table.text(i, "backend")}` : chip,
      chip,
      dtype,
      op: direction === "" ? op : `${op}_${direction}`,
      suite: table.text(i, "suite"),
      verdict: table.text(i, "verdict"),
      caseId,
      shape: caseId.replace(`:${types}:`, ":").replace(new RegExp(`:${math}$`), ""),
      rate: table.real(i, "rate_flop_per_s"),
      work: table.real(i, "work_flop"),
      traffic: table.real(i, "traffic_byte"),
      empirical: table.real(i, "peak_empirical_flop_per_s"),
      nominal: table.real(i, "peak_flop_per_s"),
      implausible: table.text(i, "conditions").includes("IMPLAUSIBLE"),
      time: table.real(i, "time_median_s"),
      count: table.real(i, "count") ?? 1,
    });
  }
  return rows;
}

const uniqueInOrder = (texts: Iterable<string>) => [...new Set(texts)];

/** The rows, the filters on them and who wants to know when either changes. */
export class State {
  private table = new Table(0, new Map());
  private all: Row[] = [];
  private readonly chosen = new Map<FilterName, Set<string>>();
  private baselineName = "";
  private readonly listeners: (() => void)[] = [];
  private current: View | null = null;

  load(table: Table): void {
    this.table = table;
    this.all = rowsOf(table);
    this.chosen.clear();
    this.baselineName = this.all[0]?.subject ?? "";
    this.changed();
  }
  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }
  changed(): void {
    this.current = null;
    for (const listener of this.listeners) listener();
  }

  values(filter: FilterName): string[] {
    return uniqueInOrder(this.all.map((row) => row[filter])).sort();
  }
  /** Nothing chosen means everything. */
  selected(filter: FilterName): ReadonlySet<string> {
    return this.chosen.get(filter) ?? new Set();
  }
  toggle(filter: FilterName, value: string): void {
    const set = this.chosen.get(filter) ?? new Set<string>();
    if (!set.delete(value)) set.add(value);
    this.chosen.set(filter, set);
    this.changed();
  }
  clear(): void {
    this.chosen.clear();
    this.changed();
  }
  setBaseline(subject: string): void {
    this.baselineName = subject;
    this.changed();
  }

  view(): View {
    if (this.current !== null) return this.current;
    const active = FILTERS.filter((name) => this.selected(name).size > 0);
    const rows = active.length === 0 ? this.all : this.all.filter((row) => active.every((name) => this.selected(name).has(row[name])));
    this.current = {
      table: this.table,
      all: this.all,
      rows,
      subjects: uniqueInOrder(this.all.map((row) => row.subject)),
      baseline: this.baselineName,
    };
    return this.current;
  }
}
