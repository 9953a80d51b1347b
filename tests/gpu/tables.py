#!/usr/bin/env python3
"""tables.py FOLDER: what the runs under FOLDER/runs say of the project's kernels, as text.

Rates are medians over launches. A ratio is cuda_native over cuda on one case of one run.
"""
import csv
import glob
import json
import math
import os
import statistics
import sys


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def number(text):
    return float(text) if text else None


def geomean(values):
    return math.exp(statistics.fmean(math.log(v) for v in values))


class Runs:
    """Rows by run name; medians of a column by (case, backend)."""

    def __init__(self, folder):
        self.rows = {}
        for path in sorted(glob.glob(os.path.join(folder, "runs", "*", "*", "results.csv"))):
            name = path.split(os.sep)[-3]
            self.rows.setdefault(name, []).extend(read(path))

    def median(self, name, column, case, backend):
        values = [number(r[column]) for r in self.rows.get(name, []) if r["case_id"] == case and r["backend"] == backend]
        values = [v for v in values if v]
        return statistics.median(values) if values else None

    def cases(self, name):
        return list(dict.fromkeys(r["case_id"] for r in self.rows.get(name, [])))

    def ratios(self, name):
        found = {}
        for case in self.cases(name):
            own, library = (self.median(name, "rate_flop_per_s", case, b) for b in ("cuda_native", "cuda"))
            if own and library:
                found[case] = own / library
        return found


def line(what, value, goal):
    print(f"{what:<58} {value:>22}  {goal}")


def ratio_of(runs, names, case):
    for name in names:
        found = runs.ratios(name).get(case)
        if found:
            return f"{found:.3f}"
    return "-"


def peaks(folder):
    path = os.path.join(folder, "peaks.csv")
    return read(path) if os.path.exists(path) else []


def figures(folder, runs):
    print("Figures to reach".ljust(58), "measured".rjust(22), " goal")
    bare = {}
    for path in glob.glob(os.path.join(folder, "bare-*.csv")):
        for row in read(path):
            bare.setdefault(row["case_id"], []).append(float(row["rate_flop_per_s"]))
    for case, rates in bare.items():
        harness = runs.median("fidelity", "rate_flop_per_s", case, "cuda")
        value = harness / statistics.median(rates) if harness else None
        line(f"harness / bare loop, {case}", f"{value:.4f}" if value else "-", "0.99 … 1.01")
    both = ["main", "square-bf16", "square-types", "square-f32"]
    for what, case, goal in [
        ("own bf16 / cuBLASLt", "gemm:bf16:NT:4096x4096x4096", "1.0"),
        ("own bf16 / cuBLASLt", "gemm:bf16:NT:8192x8192x8192", "1.0"),
        ("own e4m3 / cuBLASLt", "gemm:e4m3:NT:8192x8192x8192", "0.95"),
        ("own i8 / cuBLASLt", "gemm:i8:NT:8192x8192x8192", "0.95"),
        ("own tf32 / cuBLASLt", "gemm:f32:NT:8192x8192x8192:tf32", "0.95"),
        ("own f32 / cuBLASLt", "gemm:f32:NN:8192x8192x8192", "0.95"),
        ("own f64 / cuBLASLt", "gemm:f64:NN:4096x4096x4096", "0.9"),
    ]:
        line(f"{what}, {case}", ratio_of(runs, both, case), goal)
    transformers = {**runs.ratios("llama3_70b-bf16"), **runs.ratios("bert_large-bf16")}
    line(f"own bf16 / cuBLASLt, transformers, geomean of {len(transformers)}",
         f"{geomean(transformers.values()):.3f}" if transformers else "-", "0.95")
    # Compute-bound: more operations per byte than the measured peak over the measured bandwidth.
    measured = peaks(folder)
    copy = max((float(p["value"]) for p in measured if p["quantity"] == "memory"), default=0)
    peak = max((float(p["value"]) for p in measured if p["input"] == "bf16" and p["accumulator"] == "f32"), default=0)
    name = "resnet50_n256-bf16"
    intensity = {r["case_id"]: float(r["work_flop"]) / float(r["traffic_byte"]) for r in runs.rows.get(name, [])}
    bound = [v for case, v in runs.ratios(name).items() if copy and intensity[case] > peak / copy]
    line(f"own conv / cuDNN, ResNet-50 bf16, compute-bound, {len(bound)} layers", f"{geomean(bound):.3f}" if bound else "-", "0.95")
    for case in [c for c in runs.cases("main") if c.startswith("gemm:bf16") and int(c.split(":")[3].split("x")[0]) <= 64]:
        own = runs.median("main", "traffic_byte_per_s", case, "cuda_native")
        library = runs.median("main", "traffic_byte_per_s", case, "cuda")
        text = " / ".join(f"{x / copy:.3f}" if x and copy else "-" for x in (own, library))
        line(f"share of copy bandwidth, {case} (own / cuBLASLt)", text, "0.9")
    for backend in ("cuda", "cuda_native"):
        shares = [float(r["rate_proven_flop_per_s"]) / float(r["rate_flop_per_s"]) for r in runs.rows.get("main", [])
                  if r["backend"] == backend and r["rate_proven_flop_per_s"] and r["rate_flop_per_s"]]
        line(f"proven / throughput rate, {backend}, median (lowest) of {len(shares)}",
             f"{statistics.median(shares):.3f} ({min(shares):.3f})" if shares else "-", "0.98")
    for path in glob.glob(os.path.join(folder, "runs", "verification", "*", "manifest.json")):
        with open(path, encoding="utf-8") as file:
            settings = json.load(file).get("settings", {})
        spent, total = settings.get("verification_time_s"), settings.get("case_time_s")
        line("verification at 8192³, share of the case's time",
             f"{spent / total:.3f}" if spent and total else f"{spent} s", "0.05")


def ratios(runs):
    print("\nown kernels / library".ljust(47), "cases  geomean   lowest   median  highest")
    for name in runs.rows:
        found = runs.ratios(name)
        if not found:
            continue
        by_type = {}
        for case, value in found.items():
            parts = case.split(":")
            key = f"{name} {parts[0]} {parts[1]}" + (" " + parts[-1] if parts[-1] in ("tf32", "relaxed") else "")
            by_type.setdefault(key, []).append(value)
        for key, values in by_type.items():
            print(f"{key:<46} {len(values):>5} {geomean(values):>8.3f} {min(values):>8.3f} "
                  f"{statistics.median(values):>8.3f} {max(values):>8.3f}")


def verdicts(folder, runs):
    counts, bad = {}, []
    for name, rows in runs.rows.items():
        for row in rows:
            key = (row["backend"], row["verdict"])
            counts[key] = counts.get(key, 0) + 1
            if row["verdict"] not in ("OK", "UNSUPPORTED", "TOO_BIG"):
                bad.append(f"  {name}: {row['backend']} {row['case_id']}: {row['verdict']}: {row['reason']}")
    print("\nverdicts:", ", ".join(f"{b} {v} {n}" for (b, v), n in sorted(counts.items())))
    print("\n".join(bad[:20]))
    path = os.path.join(folder, "checks.csv")
    if os.path.exists(path):
        with open(path, newline="", encoding="utf-8") as file:
            checks = [r for r in csv.reader(file) if len(r) >= 8]
        for plugin in dict.fromkeys(r[0] for r in checks):
            mine = [r for r in checks if r[0] == plugin]
            wrong = [r for r in mine if r[4] != "ok"]
            print(f"oracle: {plugin}: {len(mine)} checks, {len(wrong)} wrong")
            for r in wrong[:10]:
                print("  ", r[1], "by", r[2], "-", r[3], r[7])


def energy(runs):
    rows = [r for r in runs.rows.get("energy", []) if r["power_mean_w"]]
    if rows:
        print("\nenergy".ljust(47), "backend       power W   J/problem  GFLOP/s/W")
    for r in rows:
        per_watt = float(r["work_flop"]) / float(r["energy_j"]) / 1e9
        print(f"{r['case_id']:<46} {r['backend']:<12} {float(r['power_mean_w']):>8.0f} {float(r['energy_j']):>11.4g} {per_watt:>10.1f}")


def slowest(runs):
    found = sorted((v, n, c) for n in runs.rows for c, v in runs.ratios(n).items())
    if found:
        print("\nfarthest below the library")
    for value, name, case in found[:15]:
        algorithms = {r["backend"]: r["algorithm"] for r in runs.rows[name] if r["case_id"] == case}
        print(f"  {value:.3f} {name}: {case}: {algorithms.get('cuda_native')} | {algorithms.get('cuda')}")


def main():
    folder = sys.argv[1]
    runs = Runs(folder)
    figures(folder, runs)
    verdicts(folder, runs)
    ratios(runs)
    energy(runs)
    slowest(runs)


if __name__ == "__main__":
    main()
