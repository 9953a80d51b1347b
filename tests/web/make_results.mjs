// Result folders for tests, the same bytes every time: node make_results.mjs FOLDER ROWS CHIPS
// Verdicts, empty cells, names with markup and commas, telemetry with throttling and samples are all there.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const header = (file) => readFileSync(join(root, "results/schema", file), "utf8").trim().split("\n").slice(1).map((line) => line.split(",")[0]);
const columns = header("result-v1.csv");

function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
const quoted = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const TYPES = [["f32", 1, "f32"], ["f64", 0.5, "f64"], ["bf16", 4, "bf16"], ["i8", 7, "i32"]];
const SIZES = [64, 128, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192];
const LAYERS = ["qkv", "o", "gate_up", "down"];

function problem(i, rnd) {
  const kind = i % 5;
  if (kind < 3) {
    const square = kind === 0;
    const size = SIZES[Math.floor(i / 5) % SIZES.length];
    const tokens = [1, 16, 4096][Math.floor(i / 65) % 3];
    const m = square ? size : tokens, n = square ? size : 256 * (1 + (i % 37)), k = square ? size : 128 * (1 + (i % 53));
    return { op: "gemm", name: `NN:${m}x${n}x${k}`, suite: square ? "square" : "llama3_8b", application: square ? "" : `${LAYERS[i % 4]}_m${tokens}`,
      fields: { m, n, k, batch: 1, trans_a: "N", trans_b: "N" }, flop: 2 * m * n * k, bytes: 4 * (m * k + k * n + m * n), count: square ? 1 : 32 };
  }
  const direction = ["fwd", "bwd_data", "bwd_weights"][i % 3], layout = i % 2 ? "nhwc" : "nchw";
  const c = 32 * (1 + (i % 8)), h = [7, 14, 28, 56][i % 4], k = 64 * (1 + (i % 4));
  return { op: "conv", name: `${layout}:n8c${c}h${h}w${h}:k${k}r3s3:p1x1`, direction, layout, suite: "resnet50", application: `<b>layer</b> ${i % 20}, "quoted"`,
    fields: { conv_n: 8, conv_c: c, conv_h: h, conv_w: h, conv_k: k, conv_r: 3, conv_s: 3, pad_h: 1, pad_w: 1, stride_h: 1, stride_w: 1, dil_h: 1, dil_w: 1, groups: 1 },
    flop: 2 * 8 * k * c * 9 * h * h, bytes: 4 * (8 * c * h * h + k * c * 9 + 8 * k * h * h), count: 1 + Math.floor(rnd() * 3) };
}

function row(i, chip, rnd, names, published) {
  const [type, speed, out] = TYPES[Math.floor(i / 5) % TYPES.length];
  const p = problem(i, rnd);
  const cell = new Map(columns.map((name) => [name, ""]));
  const op = p.op === "gemm" ? "gemm" : `conv_${p.direction}`;
  const caseId = `${op}:${type}:${p.name}:b${(i % 3) + 1}`;
  const device = i % names.devices;
  const place = `${caseId} ${device}`;
  names.launches.set(place, (names.launches.get(place) ?? 0) + 1);
  const set = (values) => Object.entries(values).forEach(([name, value]) => cell.set(name, String(value)));
  const verdict = published ? "UNCHECKED" : i % 41 === 7 ? "UNSUPPORTED" : i % 97 === 11 ? "INCORRECT" : i % 211 === 13 ? "CRASHED" : "OK";
  set({ schema: "result-v1", run_id: names.run, timestamp_utc: `2026-11-${10 + (i % 9)}T08:${String(10 + (i % 50))}:33Z`, lab: "Lab <1>", host: "node1", engine: "local",
    launch: names.launches.get(place), suite: p.suite, case_id: caseId, op: p.op, direction: p.direction ?? "",
    dtype_a: type, dtype_b: type, dtype_acc: out, dtype_out: out, math: "strict", layout: p.layout ?? "", count: p.count, application: p.application,
    vendor: "Maker & Co", chip: names.chip, device_uid: `${names.chip}-${device}`, device_index: device, devices_active: 1, backend: names.backend, backend_version: "1.2",
    backend_sha256: "ab".repeat(32), driver: "550.1", fill: "integers", cache_mode: "rotate", clock_mode: "monotonic_raw", isolation: "L2",
    provenance: published ? "published" : "self-run", verdict, check: published ? "none" : "exact+grade", harness_version: "0.1.0", plan_sha256: "cd".repeat(32), ...p.fields });
  if (verdict === "INCORRECT") set({ reason: `element (3, 4) is off by 2 & <more>` });
  if (verdict === "UNSUPPORTED") set({ reason: "no kernel for this type" });
  if (verdict === "CRASHED") set({ reason: "SIGSEGV" });
  if (verdict !== "OK" && verdict !== "UNCHECKED") return cell;
  const peak = 2e13 * speed * (1 + chip * 0.35);
  const efficiency = (0.05 + 0.85 * (1 - Math.exp(-p.flop / 4e9))) * (0.85 + 0.15 * rnd());
  const rate = peak * efficiency, time = p.flop / rate;
  const n = (value) => Number(value.toPrecision(9));
  set({ work_flop: p.flop, work_inimage_flop: p.flop, traffic_byte: p.bytes, time_median_s: n(time), rate_flop_per_s: n(rate), peak_flop_per_s: n(peak * 1.15), peak_source: "claimed" });
  if (published) return cell;
  set({ conditions: i % 53 === 3 ? "NOT_STEADY" : i % 101 === 5 ? "QUICK;THROTTLED" : "", rounds: 40, rounds_checked: 40, time_ci_low_s: n(time * 0.99), time_ci_high_s: n(time * 1.012),
    time_min_s: n(time * 0.97), time_mean_s: n(time * 1.003), time_stddev_s: n(time * 0.01), latency_p50_s: n(time * 1.05), latency_p95_s: n(time * (1.1 + rnd() * 0.2)),
    latency_p99_s: n(time * (1.3 + rnd())), prepare_s: 0.01, traffic_byte_per_s: n(p.bytes / time), peak_empirical_flop_per_s: n(peak), rate_proven_flop_per_s: n(rate * 0.96),
    proven_mode: "accumulate", grade_e: n(Math.exp(rnd() * 3 - 2)), grade: type, err_backward: n(1e-7 * rnd()), repeatable: 1, power_mean_w: n(300 + 80 * rnd()), energy_j: n(350 * time),
    energy_source: "nvml", energy_grade: "indicative", temp_max_c: 60 + (i % 20), clock_mean_hz: 1.7e9 });
  return cell;
}

export function makeRun(folder, rows, chip = 0, { published = false, devices = 2 } = {}) {
  mkdirSync(folder, { recursive: true });
  const rnd = random(17 + chip);
  const names = { chip: `Chip-${"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[chip]}`, run: `20261110T08000${chip % 10}Z-node1-00${10 + chip}`, backend: "vendor", launches: new Map(), devices };
  const lines = [columns.join(",")], samples = [header("samples-v1.csv").join(",")], telemetry = [header("telemetry-v1.csv").join(",")];
  for (let i = 0; i < rows; ++i) {
    const cell = row(i, chip, rnd, names, published);
    lines.push(columns.map((name) => quoted(cell.get(name))).join(","));
    if (i < 60 && cell.get("time_median_s") !== "" && !published) {
      for (let r = 1; r <= 30; ++r) {
        samples.push([names.run, cell.get("case_id"), names.backend, cell.get("device_uid"), cell.get("launch"), r, 4, Number(cell.get("time_median_s")) * (0.97 + 0.06 * rnd() + (r === 7 ? 0.1 : 0)), ""].join(","));
      }
    }
  }
  for (let t = 0; t < 600; ++t) {
    const held = t > 200 && t < 260;
    for (const d of [0, 1]) telemetry.push([names.run, `${names.chip}-${d}`, t / 2, (300 + 50 * Math.sin(t / 30 + d)).toFixed(1), (60 + t / 60).toFixed(0), held ? 1.2e9 : 1.7e9, held ? "thermal" : "none"].join(","));
  }
  writeFileSync(join(folder, "results.csv"), lines.join("\n") + "\n");
  if (!published) {
    writeFileSync(join(folder, "samples.csv"), samples.join("\n") + "\n");
    writeFileSync(join(folder, "telemetry.csv"), telemetry.join("\n") + "\n");
  }
  return folder;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , folder, rows, chips] = process.argv;
  for (let chip = 0; chip < Number(chips ?? 1); ++chip) makeRun(join(folder, `chip${chip}`), Math.ceil(Number(rows) / Number(chips ?? 1)), chip);
}
