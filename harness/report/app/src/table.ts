/** Rows of results.csv, column by column. Columns that are absent read as empty. */

export type Column =
  | { kind: "const"; value: string }
  | { kind: "dict"; values: string[]; codes: ArrayLike<number> }
  | { kind: "real"; values: ArrayLike<number | null> };

export interface Quantiles {
  row: number;
  /** min, 5 %, 25 %, 50 %, 75 %, 95 %, max, all in seconds */
  q: number[];
  n: number;
}
export interface Telemetry {
  run_id: string;
  device_uid: string;
  t_s: number[];
  power_w: (number | null)[];
  temp_c: (number | null)[];
  clock_hz: (number | null)[];
  /** from, to, reason */
  throttle: [number, number, string][];
}
export interface Peak {
  run_id: string;
  of: string;
  what: string;
  source: string;
  method: string;
  value: number;
  unit: string;
}

export class Table {
  constructor(
    readonly size: number,
    private readonly columns: Map<string, Column>,
    readonly telemetry: Telemetry[] = [],
    readonly quantiles: Quantiles[] = [],
    readonly peaks: Peak[] = [],
  ) {}

  text(row: number, name: string): string {
    const column = this.columns.get(name);
    if (column === undefined) return "";
    if (column.kind === "const") return column.value;
    if (column.kind === "dict") return column.values[column.codes[row] ?? 0] ?? "";
    const value = column.values[row];
    return value === null || value === undefined || Number.isNaN(value) ? "" : String(value);
  }

  /** null where the cell is empty. */
  real(row: number, name: string): number | null {
    const column = this.columns.get(name);
    if (column === undefined) return null;
    if (column.kind === "real") {
      const value = column.values[row];
      return value === undefined || value === null || Number.isNaN(value) ? null : value;
    }
    const text = this.text(row, name);
    if (text === "") return null;
    const value = Number(text);
    return Number.isFinite(value) ? value : null;
  }

  /** Distinct texts in the order of first appearance. */
  distinct(name: string): string[] {
    const column = this.columns.get(name);
    if (column === undefined) return [];
    if (column.kind === "const") return [column.value];
    if (column.kind === "dict") return [...column.values];
    return [];
  }

  names(): string[] {
    return [...this.columns.keys()];
  }
}

interface Block {
  rows: number;
  columns: ({ name: string } & Column)[];
  telemetry: Telemetry[];
  quantiles: Quantiles[];
  peaks: Peak[];
}

/** The block that harness/report writes: JSON, deflated (zlib), base64. */
export async function decodeBlock(base64: string): Promise<Table> {
  const binary = atob(base64.trim());
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; ++i) bytes[i] = binary.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const block = (await new Response(stream).json()) as Block;
  const columns = new Map<string, Column>();
  for (const column of block.columns) columns.set(column.name, column);
  return new Table(block.rows, columns, block.telemetry, block.quantiles, block.peaks);
}

/** Builds a table row by row, as it is read from CSV files. */
export class TableBuilder {
  private readonly dictionaries = new Map<string, { values: string[]; index: Map<string, number>; codes: number[] }>();
  private readonly reals = new Map<string, number[]>();
  private size = 0;

  constructor(private readonly realNames: ReadonlySet<string>) {}

  add(header: readonly string[], fields: readonly string[]): void {
    for (let i = 0; i < header.length; ++i) {
      const name = header[i]!;
      const text = fields[i] ?? "";
      if (this.realNames.has(name)) {
        let column = this.reals.get(name);
        if (column === undefined) this.reals.set(name, (column = []));
        while (column.length < this.size) column.push(NaN);
        column.push(text === "" ? NaN : Number(text));
      } else {
        let column = this.dictionaries.get(name);
        if (column === undefined) {
          column = { values: [""], index: new Map([["", 0]]), codes: [] };
          this.dictionaries.set(name, column);
        }
        while (column.codes.length < this.size) column.codes.push(0);
        let code = column.index.get(text);
        if (code === undefined) {
          code = column.values.length;
          column.values.push(text);
          column.index.set(text, code);
        }
        column.codes.push(code);
      }
    }
    ++this.size;
  }

  /** A copy of a row of another table. */
  addFrom(table: Table, row: number, names: readonly string[]): void {
    this.add(names, names.map((name) => table.text(row, name)));
  }

  finish(): Table {
    const columns = new Map<string, Column>();
    for (const [name, column] of this.dictionaries) {
      while (column.codes.length < this.size) column.codes.push(0);
      columns.set(name, { kind: "dict", values: column.values, codes: Uint32Array.from(column.codes) });
    }
    for (const [name, values] of this.reals) {
      while (values.length < this.size) values.push(NaN);
      columns.set(name, { kind: "real", values: Float64Array.from(values) });
    }
    return new Table(this.size, columns);
  }
}
