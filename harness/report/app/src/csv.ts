import { Table, TableBuilder } from "./table";

/** What is wrong with a file, in words for its owner. */
export class CsvError extends Error {}

const REAL = /_s$|_flop_per_s$|_byte_per_s$|_w$|_j$|_c$|_hz$|^(work_flop|traffic_byte|grade_e|err_backward|row_max_over_median|acc_bits_implied)$/;
const NEEDED = ["schema", "case_id", "backend", "device_uid", "launch", "verdict"];

/** Records of RFC 4180 text (LF or CRLF, quotes doubled inside quotes). A torn last line is left out. */
export function* records(text: string): Generator<string[]> {
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (at < text.length) {
    let end = text.indexOf("\n", at);
    if (end < 0) return;
    const quote = text.indexOf('"', at);
    if (quote < 0 || quote > end) {
      const stop = text.charCodeAt(end - 1) === 13 ? end - 1 : end;
      if (stop > at) yield text.slice(at, stop).split(",");
      at = end + 1;
      continue;
    }
    const fields: string[] = [];
    for (;;) {
      if (text[at] === '"') {
        let field = "";
        ++at;
        for (;;) {
          const close = text.indexOf('"', at);
          if (close < 0) return;
          field += text.slice(at, close);
          at = close + 1;
          if (text[at] !== '"') break;
          field += '"';
          ++at;
        }
        fields.push(field);
      } else {
        let stop = at;
        while (stop < text.length && text[stop] !== "," && text[stop] !== "\n" && text[stop] !== "\r") ++stop;
        fields.push(text.slice(at, stop));
        at = stop;
      }
      if (text[at] === ",") {
        ++at;
        continue;
      }
      if (text[at] === "\r") ++at;
      if (text[at] === "\n") ++at;
      else if (at < text.length) throw new CsvError("text after a closing quote");
      end = at;
      break;
    }
    yield fields;
  }
}

const breathe = () => new Promise<void>((resolve) => setTimeout(resolve));

/** Reads result files beside the rows that are there already, in slices of a frame, so that the page stays alive. */
export async function readFiles(before: Table, files: readonly File[], progress: (rows: number) => void): Promise<Table> {
  const names = new Set(before.names().filter((name) => REAL.test(name)));
  const headers: string[][] = [];
  const texts: string[] = [];
  for (const file of files) {
    const text = await file.text();
    const header = records(text).next().value as string[] | undefined;
    const missing = header === undefined ? NEEDED : NEEDED.filter((name) => !header.includes(name));
    if (header === undefined || missing.length > 0) throw new CsvError(`${file.name}: ${missing.join(", ")}`);
    for (const name of header) if (REAL.test(name)) names.add(name);
    headers.push(header);
    texts.push(text);
  }
  // Files of the first versions say "self" where "self-run" is meant.
  const provenance = headers.map((header) => header.indexOf("provenance"));
  const builder = new TableBuilder(names);
  const known = before.names();
  for (let row = 0; row < before.size; ++row) builder.addFrom(before, row, known);
  let rows = before.size;
  let slice = performance.now();
  for (let f = 0; f < texts.length; ++f) {
    const lines = records(texts[f]!);
    lines.next();
    for (const fields of lines) {
      if (fields.length !== headers[f]!.length) {
        throw new CsvError(`${files[f]!.name}: ${fields.length} ≠ ${headers[f]!.length} (${rows + 1})`);
      }
      if (fields[provenance[f]!] === "self") fields[provenance[f]!] = "self-run";
      builder.add(headers[f]!, fields);
      ++rows;
      if (performance.now() - slice > 24) {
        progress(rows);
        await breathe();
        slice = performance.now();
      }
    }
  }
  return builder.finish();
}
