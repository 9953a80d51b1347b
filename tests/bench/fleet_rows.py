#!/usr/bin/env python3
"""fleet_rows.py BUILD_DIR [NODES CASES]: time and memory of `chipfit fleet` over one file of NODES × CASES rows (10,000 ×
100), on one core. Exits 1 where the totals are not those of the generator, or it took more than 10 s or 1 GiB."""
import json, os, pathlib, resource, subprocess, sys, time

build = pathlib.Path(sys.argv[1]).resolve()
nodes, cases = (int(sys.argv[2]), int(sys.argv[3])) if len(sys.argv) > 3 else (10_000, 100)
most_s, most_bytes = 10, 2**30
folder = build / "bench-rows"
folder.mkdir(parents=True, exist_ok=True)
file, sums = folder / f"fleet-{nodes}x{cases}.csv", folder / f"fleet-{nodes}x{cases}.sums"
if not (file.exists() and sums.exists()):
    made = subprocess.run([build / "bin/bench_fleet_rows", file, str(nodes), str(cases), "1"], check=True, stdout=subprocess.PIPE)
    sums.write_bytes(made.stdout)
subprocess.run(["cat", file], stdout=subprocess.DEVNULL, check=True)  # from memory, not from the disk
expected = {of: float(rate) for of, rate in (line.split() for line in sums.read_text().splitlines())}
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
missed = False
for form in ("text", "json", "csv"):
    begin = time.monotonic()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    out = subprocess.run([build / "bin/chipfit", "fleet", file, "--format", form], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall, cpu = time.monotonic() - begin, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"chipfit fleet --format {form}: {nodes * cases:,} rows of {nodes:,} nodes, {file.stat().st_size / 2**20:.0f} MiB: "
          f"{wall:.2f} s, of it {cpu:.2f} s on the processor, at most {after.ru_maxrss / 1024:.0f} MiB", flush=True)
    missed |= cpu > most_s or after.ru_maxrss * 1024 > most_bytes
    if form != "json":
        continue
    for total in json.loads(out)["totals"]:
        off = abs(total["measured_flop_per_s"] / expected[total["types"]] - 1)
        print(f"  {total['types']}: {total['measured_eflops']:.4f} EFLOPS of {total['devices_measured']} devices, {off:.1e} off the sum of the generator")
        missed |= off > 1e-12 or total["devices_measured"] != nodes
sys.exit(1 if missed else 0)
