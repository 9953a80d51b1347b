#!/usr/bin/env python3
"""lab.py BUILD_DIR [CASES] [NODES]: what many machines cost. Prints seconds and peak memory; exits 1 where a result is not
complete and correct, or merge and fleet took more than 10 s or 1 GiB.
  1. submit to report of CASES (200) cases on the four nodes of a Slurm of its own, one of which dies at work
  2. merge and fleet of NODES (10,000) parts of 100 rows each
Folders are under BUILD_DIR/bench-rows; the parts of 2 are made once (some minutes) and kept."""
import collections, csv, json, os, pathlib, resource, shutil, subprocess, sys, tempfile, time

build = pathlib.Path(sys.argv[1]).resolve()
cases = int(sys.argv[2]) if len(sys.argv) > 2 else 200
nodes = int(sys.argv[3]) if len(sys.argv) > 3 else 10_000
rows_a_node, most_s, most_bytes = 100, 10, 2**30
chipfit, folder = build / "bin/chipfit", build / "bench-rows"
cluster = pathlib.Path(__file__).resolve().parent.parent / "slurm/cluster.sh"
folder.mkdir(parents=True, exist_ok=True)
missed = False


def output(*words, **options):
    return subprocess.run([str(word) for word in words], check=True, stdout=subprocess.PIPE, text=True, **options).stdout


def until(what, condition, seconds):
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            sys.exit(f"{what}: not within {seconds} s")
        time.sleep(0.1)
    return value


def timed(name, *words):
    """Seconds, processor seconds and peak bytes of a command, and what it prints."""
    begin = time.monotonic()
    process = subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    out = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{name} exits with {process.returncode}")
    wall, cpu, peak = time.monotonic() - begin, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024
    print(f"{name}: {wall:.2f} s, of it {cpu:.2f} s on the processor, at most {peak / 2**20:.0f} MiB", flush=True)
    return cpu, peak, out


def results_of(plan):
    with open(plan / "merged/results.csv", newline="") as file:
        return list(csv.DictReader(file))


def submit_to_report(scratch):
    global missed
    state, plan = scratch / "slurm", scratch / "plan"
    state.mkdir()
    os.environ |= {"SLURM_CONF": str(state / "slurm.conf"), "XDG_STATE_HOME": str(scratch)}
    up = subprocess.run([cluster, "up", state, "4"])
    if up.returncode == 77:
        return print("submit to report: SKIPPED, there is no Slurm here")
    up.check_returncode()
    try:
        suite = scratch / "suite.csv"
        suite.write_text("op,dtypes,m,n,k\n" + "".join(f"gemm,f32,{i},8,8\n" for i in range(1, cases + 1)))
        quiet = {"stderr": subprocess.DEVNULL}
        output(chipfit, "plan", "--suite", suite, "--backend", "simulated", "--option", "overhead_s=0.001", "--quick", "--time",
               "0.02", "--cases-per-task", "10", "-o", f"{plan}/", **quiet)
        begin = time.monotonic()
        submitted = json.loads(output(chipfit, "submit", "--plan", plan, "--engine", "slurm", "--json", **quiet))
        until("a task on node2", lambda: output("squeue", "--noheader", "--nodelist=node2", "--states=R"), 60)
        subprocess.run([cluster, "stop", state, "node2"], check=True)
        output("scontrol", "update", "NodeName=node2", "State=DOWN", "Reason=silent")
        # Slurm begins a requeued job two minutes later, in case that the cluster is broken.
        held = lambda: [line.split("|")[0] for line in output(
            "squeue", "--noheader", "--array", "--states=PD", "--format=%i|%r").splitlines() if line.endswith("|BeginTime")]
        for job in until("the requeued task", held, 60):
            output("scontrol", "update", "StartTime=now", f"JobId={job}")
        ended = lambda: f"JobId={submitted['finish']} " in (state / "log/ended.txt").read_text()
        until("the report", ended, 600)
        wall = time.monotonic() - begin
        judges = [json.loads(file.read_text())["settings"]["judge_peak_memory_byte"] for file in plan.glob("parts/*/manifest.json")]
        rows = results_of(plan)
        keys = collections.Counter(row["case_id"] for row in rows)
        good = len(rows) == len(keys) == cases and all(row["verdict"] == "OK" for row in rows) and (plan / "report.html").exists()
        print(f"submit to report: {cases} cases in {submitted['tasks']} tasks on 4 nodes, one of which died: {wall:.1f} s, "
              f"{'complete and correct' if good else 'NOT complete or correct'}; the largest judge {max(judges) / 2**20:.0f} MiB", flush=True)
        timed("  of it chipfit merge", chipfit, "merge", "--plan", plan)
        timed("  of it chipfit report", chipfit, "report", plan / "merged", "-o", scratch / "again.html")
        missed |= not good
    finally:
        subprocess.run([cluster, "down", state])


def merge_and_fleet():
    global missed
    plan, sums = folder / f"lab-{nodes}x{rows_a_node}", folder / f"lab-{nodes}x{rows_a_node}.sums"
    version = folder / f"lab-{nodes}x{rows_a_node}.version"  # parts of another chipfit are refused
    now = output(chipfit, "version")
    if not (version.exists() and version.read_text() == now):
        shutil.rmtree(plan, ignore_errors=True)
        sums.write_text(output(build / "bin/bench_fleet_rows", f"{plan}/", nodes, rows_a_node, 1))
        version.write_text(now)
    expected = {of: float(rate) for of, rate in (line.split() for line in sums.read_text().splitlines())}
    print(f"{nodes:,} parts, {nodes * rows_a_node:,} rows, on one processor:")
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    timed("  chipfit merge, files read for the first time", chipfit, "merge", "--plan", plan)
    merge_s, merge_bytes, _ = timed("  chipfit merge", chipfit, "merge", "--plan", plan)
    fleet_s, fleet_bytes, out = timed("  chipfit fleet", chipfit, "fleet", plan / "merged", "--format", "json")
    for total in json.loads(out)["totals"]:
        off = abs(total["measured_flop_per_s"] / expected[total["types"]] - 1)
        print(f"  {total['types']}: {total['measured_eflops']:.4f} EFLOPS, {off:.1e} off the sum of the generator")
        missed |= off > 1e-12 or total["devices_measured"] != nodes
    print(f"  merge and fleet: {merge_s + fleet_s:.2f} s on the processor (aim {most_s}), at most "
          f"{max(merge_bytes, fleet_bytes) / 2**20:.0f} MiB (aim {most_bytes / 2**20:.0f})")
    missed |= merge_s + fleet_s > most_s or max(merge_bytes, fleet_bytes) > most_bytes


with tempfile.TemporaryDirectory(prefix="chipfit-lab-bench-") as scratch:
    submit_to_report(pathlib.Path(scratch))
merge_and_fleet()
sys.exit(1 if missed else 0)
