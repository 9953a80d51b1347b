#!/usr/bin/env python3
"""compare_rows.py BUILD_DIR [ROWS]: time and memory of `chipfit compare` over two files of ROWS rows each (1,000,000), on
one core, beside Python's own csv reader over one of them."""
import csv, os, pathlib, resource, subprocess, sys, time

build = pathlib.Path(sys.argv[1]).resolve()
rows = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
folder = build / "bench-rows"
folder.mkdir(parents=True, exist_ok=True)
files = [folder / f"{name}-{rows}.csv" for name in ("a", "b")]
for seed, file in enumerate(files):
    if not file.exists():
        subprocess.run([build / "bin/bench_result_rows", file, str(rows), str(seed + 1)], check=True)
    file.read_bytes() if rows < 10_000 else subprocess.run(["cat", file], stdout=subprocess.DEVNULL, check=True)
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
best = 1e9
for _ in range(3):
    begin = time.monotonic()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([build / "bin/chipfit", "compare", *files], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    best = min(best, time.monotonic() - begin)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"chipfit compare: {time.monotonic() - begin:.2f} s, of it {cpu:.2f} s on the processor, "
          f"at most {after.ru_maxrss / 1024:.0f} MiB, files of {files[0].stat().st_size / 2**20:.0f} MiB each", flush=True)
begin = time.process_time()
with open(files[0], newline="") as file:
    count = sum(1 for _ in csv.reader(file))
print(f"Python's csv reader, one of the files: {time.process_time() - begin:.2f} s on the processor, {count} records")
