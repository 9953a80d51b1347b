// What a number in a report says of its origin (data-from; harness/report/figures.hpp), evaluated anew from the CSV files:
// nothing here is shared with the program that wrote the report.
import { readFileSync } from "node:fs";

function records(text) {
  const rows = [];
  let fields = [], field = "", inside = false;
  for (let i = 0; i < text.length; ++i) {
    const c = text[i];
    if (inside) {
      if (c !== '"') field += c;
      else if (text[i + 1] === '"') field += text[++i];
      else inside = false;
    } else if (c === '"') inside = true;
    else if (c === ",") {
      fields.push(field);
      field = "";
    } else if (c === "\n") {
      rows.push([...fields, field]);
      fields = [];
      field = "";
    } else field += c;
  }
  return rows;
}

export function readRows(files) {
  const rows = [];
  for (const file of files) {
    const [header, ...body] = records(readFileSync(file, "utf8"));
    for (const fields of body) rows.push(Object.fromEntries(header.map((name, i) => [name, fields[i]])));
  }
  const backends = new Map();
  for (const row of rows) backends.set(row.chip, (backends.get(row.chip) ?? new Set()).add(row.backend));
  const several = [...backends.values()].some((set) => set.size > 1);
  for (const row of rows) {
    row.subject = several ? `${row.chip} · ${row.backend}` : row.chip;
    const types = row.case_id.split(":")[1];
    row.types = row.math && row.math !== "strict" ? `${types}:${row.math}` : types;
    row.op_name = row.direction ? `${row.op}_${row.direction}` : row.op;
    const tokens = /_m(\d+)$/.exec(row.application);
    row.model = tokens ? `${row.suite} M=${tokens[1]}` : row.suite;
    const flags = row.conditions.split(";");
    row.passed = row.verdict === "OK" || row.verdict === "UNCHECKED" ? "1" : "0";
    row.attempted = row.verdict === "UNSUPPORTED" || row.verdict === "TOO_BIG" ? "0" : "1";
    row.rated = row.rate_flop_per_s === "" ? "0" : "1";
    row.steady = row.rated === "1" && !["NOT_STEADY", "CI_NOT_REACHED", "THROTTLED", "POWER_LIMITED"].some((flag) => flags.includes(flag)) ? "1" : "0";
    row.published = row.provenance === "published" ? "1" : "0";
    row.checked = row.check === "" || row.check === "none" ? "0" : "1";
    row.together = Number(row.devices_active || 1) > 1 ? "1" : "0";
  }
  return rows;
}

function select(rows, filter) {
  if (filter === "") return rows;
  const wanted = filter.split("&").map((part) => part.split("=").map(decodeURIComponent));
  for (const [column] of wanted) if (column !== "condition" && !(column in rows[0])) throw new Error(`no column ${column}`);
  return rows.filter((row) => wanted.every(([column, value]) => (column === "condition" ? row.conditions.split(";").includes(value) : row[column] === value)));
}

function byCase(rows) {
  const cases = new Map();
  for (const row of rows) cases.set(row.case_id, [...(cases.get(row.case_id) ?? []), row]);
  return cases;
}
function median(rows) {
  const rated = rows.filter((row) => row.rate_flop_per_s !== "").sort((a, b) => a.rate_flop_per_s - b.rate_flop_per_s);
  return rated[(rated.length - 1) >> 1];
}
function weighted(rows) {
  let all = 0, work = 0, time = 0;
  for (const repeats of byCase(rows).values()) {
    const flop = Number(repeats[0].work_flop || 0) * Number(repeats[0].count || 1);
    all += flop;
    const row = median(repeats);
    if (row === undefined || repeats.some((one) => one.passed === "0")) continue;
    work += flop;
    time += Number(row.time_median_s) * Number(row.count || 1);
  }
  return { share: all > 0 ? work / all : 0, rate: work / time };
}

/** The rows that count as units of a comparison: launches, or one row for each of several devices. */
export function units(rows) {
  const devices = new Map();
  for (const row of rows) {
    const device = `${row.host} ${row.device_uid}`;
    devices.set(device, [...(devices.get(device) ?? []), row]);
  }
  if (devices.size < 2) return rows;
  return [...devices.values()].flatMap((own) => [...byCase(own).values()].map((repeats) => repeats.find((row) => row.rated === "0") ?? median(repeats)));
}
/** Median time of each case whose rows are all rated and none above its peak. */
function times(rows) {
  const out = new Map();
  for (const [name, list] of byCase(rows)) {
    if (list.some((row) => row.rated === "0" || Number(row.rate_flop_per_s) > 1.02 * Number(row.peak_flop_per_s || Infinity))) continue;
    const sorted = list.map((row) => Number(row.time_median_s)).sort((a, b) => a - b);
    out.set(name, (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2);
  }
  return out;
}
function common(rows, pair) {
  // Whether a subject has several devices is a matter of all its rows, not of those of one case.
  const [a, b] = pair.split("|").map((filter) => {
    const [subject, ...more] = filter.split("&");
    return times(select(units(select(rows, subject)), more.join("&")));
  });
  return [...a].filter(([name]) => b.has(name)).map(([name, time]) => [time, b.get(name)]);
}

/** The value, or undefined for kinds that do not come from rows alone (thresholds, manifests, tests of a comparison). */
export function evaluate(rows, from) {
  const colon = from.indexOf(":");
  const kind = from.slice(0, colon), rest = from.slice(colon + 1);
  switch (kind) {
    case "cell": {
      const [row, column] = rest.split(":");
      return Number(rows[row][column]);
    }
    case "share": {
      const [row, of, over] = rest.split(":");
      return Number(rows[row][of]) / Number(rows[row][over]);
    }
    case "count":
      return select(rows, rest).length;
    case "distinct": {
      const at = rest.indexOf(":");
      return new Set(select(rows, rest.slice(at + 1)).map((row) => row[rest.slice(0, at)])).size;
    }
    case "part": {
      const [of, over] = rest.split("|").map((filter) => select(rows, filter).length);
      return over === 0 ? 0 : of / over;
    }
    case "weighted_share":
      return weighted(select(rows, rest)).share;
    case "weighted_rate":
      return weighted(select(rows, rest)).rate;
    case "common":
      return common(rows, rest).length;
    case "geomean": {
      const pairs = common(rows, rest);
      return Math.exp(pairs.reduce((sum, [own, base]) => sum + Math.log(base / own), 0) / pairs.length);
    }
    default:
      return undefined;
  }
}
