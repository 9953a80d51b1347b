#include "harness/cli/verb_table.hpp"

#include <CLI/CLI.hpp>

#include "harness/cli/raw_arguments.hpp"

namespace chipfit::cli {
namespace {

void add_selection(CLI::App& verb, Raw& raw) {
  verb.add_option("--suite", raw.suites, "suites by name or CSV file")->type_name("S[,S]")->delimiter(',');
  verb.add_option("--case", raw.cases, "one case by its id; may be repeated")->type_name("ID");
  verb.add_option("--backend", raw.backends, "backends by name or path")->type_name("B[,B]")->delimiter(',');
  verb.add_option("--devices", raw.devices, "device numbers, or all")->type_name("N[,N]")->delimiter(',');
  verb.add_option("--dtype", raw.dtypes, "run the suites with these types")->type_name("T[,T]")->delimiter(',');
  verb.add_option("--direction", raw.directions, "fwd, bwd_data, bwd_weights")->type_name("D[,D]")->delimiter(',');
  verb.add_option("--layout", raw.layouts, "nchw, nhwc")->type_name("L[,L]")->delimiter(',');
  verb.add_option("--math", raw.maths, "strict, relaxed, tf32, f16, bf16 (for f32)")
      ->type_name("M[,M]")
      ->delimiter(',');
  verb.add_option("--launches", raw.launches, "worker processes per case")->type_name("N");
  verb.add_flag("--interleave", raw.interleave, "launch by launch, backends in turns, cases shuffled");
  verb.add_flag("--simultaneous", raw.simultaneous, "each case on all devices at the same time");
  verb.add_flag("--quick", raw.quick, "about 0.2 s a case (suite quick implies it)");
  verb.add_option("--time", raw.time, "measure a case for at most S seconds")->type_name("S");
  verb.add_option("--ci", raw.ci, "stop at this half-width of the interval, in %")->type_name("P");
  verb.add_option("--sustained", raw.sustained, "then work on for S seconds (12 or more), for energy")->type_name("S");
  verb.add_option("--threads", raw.threads, "host threads of the plugin")->type_name("N");
  verb.add_option("--option", raw.options, "option for the plugin; may be repeated")->type_name("K=V");
  verb.add_option("--isolation", raw.isolation, "auto, L0, L1, L1+Landlock, L2, L3")->type_name("LEVEL");
  verb.add_option("--require-isolation", raw.require_isolation, "refuse to run with less")->type_name("LEVEL");
  verb.add_flag("--in-process", raw.in_process, "no worker process, for debuggers: UNTRUSTED");
  verb.add_option("--plan", raw.plan_file, "a frozen plan from `chipfit plan -o`")->type_name("PATH");
}

}  // namespace

const std::vector<Verb>& verbs() {
  static const std::vector<Verb> table{
      {"devices", "List backends, their devices, and what is not used",
       [](CLI::App& verb, Raw& raw) {
         verb.add_option("--backend", raw.backends, "only these")->type_name("B[,B]")->delimiter(',');
       }},
      {"suites", "List the standard suites, or check a suite of your own",
       [](CLI::App& verb, Raw& raw) {
         verb.add_option("--check", raw.check, "list every fault of a suite file")->type_name("FILE");
       }},
      {"plan", "Show what a run would measure, or freeze it in a file",
       [](CLI::App& verb, Raw& raw) {
         add_selection(verb, raw);
         add_elsewhere(verb, raw);
         verb.add_option("-o,--output", raw.output, "freeze it in FILE, or in DIR/ for many machines")
             ->type_name("PATH");
         add_cases_per_task(verb, raw);
         verb.add_flag("--dry-run", raw.dry_run, "write nothing, show the run's commands");
       }},
      {"run", "Measure and verify cases",
       [](CLI::App& verb, Raw& raw) {
         add_selection(verb, raw);
         verb.add_option("--out", raw.out, "results go to DIR/<run id> (results)")->type_name("DIR");
         verb.add_flag("--resume", raw.resume, "go on with the run of the same plan in --out");
         verb.add_option("--deadline", raw.deadline, "longest call to a plugin, in seconds")->type_name("S");
         verb.add_option("--memory-limit", raw.memory_limit, "most memory of a worker, in GiB")->type_name("N");
         verb.add_option("--lab", raw.lab, "name of the laboratory, for the rows")->type_name("NAME");
         verb.add_flag("--lab-run", raw.lab_run, "that laboratory measures, not the maker itself");
         verb.add_option("--peaks", raw.peaks, "measured peaks of GPUs, as chipfit-cuda-peak prints them")
             ->type_name("FILE");
         verb.add_flag("--dry-run", raw.dry_run, "print the commands, run nothing");
         add_index(verb, raw);
         verb.footer(
             "Every --benchmark_* flag of Google Benchmark is taken too\n"
             "(--benchmark_filter=REGEX, --benchmark_out=FILE).");
       }},
      {"submit", "Do a plan's tasks on many machines: Slurm, ssh or here", add_submit},
      {"status", "How far a plan is, by the parts that are there", add_status},
      {"merge", "All parts of a plan as one run", add_merge},
      {"census", "Measure the same on every machine of a cluster",
       [](CLI::App& verb, Raw& raw) {
         add_selection(verb, raw);
         add_elsewhere(verb, raw);
         add_census(verb, raw);
       }},
      {"compare", "Compare result files: what became faster, slower, broken",
       [](CLI::App& verb, Raw& raw) {
         verb.add_option("file", raw.words, "runs' folders or result files; NAME=FILE names one")->type_name("");
         verb.add_option("--baseline", raw.baseline, "what the others are compared with")->type_name("KEY=VALUE");
         verb.add_option("--filter", raw.filter, "rows to compare: 'chip:V100 AND op:gemm'")->type_name("F");
         verb.add_option("--row", raw.row, "columns that make a case (case_id)")->type_name("KEY[,KEY]");
         verb.add_option("--col", raw.column, "columns that make the sides (input)")->type_name("KEY[,KEY]");
         verb.add_option("--table", raw.table, "columns that make tables, or none")->type_name("KEY[,KEY]");
         verb.add_option("--ignore", raw.ignore, "columns that may differ")->type_name("KEY[,KEY]");
         verb.add_option("--threshold", raw.threshold, "differences below P % do not matter")->type_name("P");
         verb.add_option("--fail-on", raw.fail_on, "exit 1 at slower, broken, missing, …")
             ->type_name("S[,S]")
             ->delimiter(',');
         verb.add_option("--explain", raw.explain, "everything about one case")->type_name("CASE");
         verb.add_flag("--all", raw.all, "every line of long tables");
         verb.add_option("--format", raw.report_format, "text, markdown, json, csv")->type_name("F");
       }},
      {"aa", "Run one backend as two: how far equal things differ here",
       [](CLI::App& verb, Raw& raw) {
         add_selection(verb, raw);
         verb.add_option("--out", raw.out, "results go to DIR/<run id> (results)")->type_name("DIR");
         verb.add_flag("--resume", raw.resume, "go on with the run of the same plan in --out");
         verb.add_option("--seed", raw.seed, "of the virtual clock (--backend simulated)")->type_name("N");
       }},
      {"power", "Show which slowdowns a comparison finds",
       [](CLI::App& verb, Raw& raw) {
         verb.add_option("--from", raw.from, "take the noise from this run")->type_name("RUN");
         verb.add_option("--cases", raw.case_count, "cases of a report (500)")->type_name("N");
         verb.add_option("--launches", raw.launches, "launches a side (10)")->type_name("N");
         verb.add_option("--slowed", raw.slowed, "cases that are slowed (25)")->type_name("N");
         verb.add_option("--reports", raw.reports, "reports for each slowdown (20)")->type_name("N");
         verb.add_option("--threshold", raw.threshold, "differences below P % do not matter")->type_name("P");
         verb.add_option("--option", raw.options, "of the virtual clock: launch_sd=0.01")->type_name("K=V");
         verb.add_option("--seed", raw.seed, "of all that is drawn (1)")->type_name("N");
       }},
      {"import", "Bring published and foreign results into our columns",
       [](CLI::App& verb, Raw& raw) {
         verb.add_option("file", raw.words, "deepbench, googlebenchmark, nvbench or benchdnn; FILE")->type_name("");
         verb.add_option("-o,--output", raw.output, "write the rows here (stdout)")->type_name("FILE");
         verb.add_option("--chip", raw.facts.chip, "what the file does not say: the chip")->type_name("NAME");
         verb.add_option("--vendor", raw.facts.vendor, "its vendor")->type_name("NAME");
         verb.add_option("--backend", raw.facts.backend, "what computed")->type_name("NAME");
         verb.add_option("--host", raw.facts.host, "the machine")->type_name("NAME");
         verb.add_option("--lab", raw.facts.lab, "who measured")->type_name("NAME");
         verb.add_option("--name", raw.facts.name_pattern, "how names look: BM_sgemm/{m}/{n}/{k}")->type_name("P");
         verb.add_option("--as", raw.facts.case_pattern, "what they are: gemm:f32:NN:{m}x{n}x{k}")->type_name("P");
       }},
      {"report", "One HTML file about runs: verdicts, rates, charts",
       [](CLI::App& verb, Raw& raw) {
         verb.add_option("run", raw.words, "run folders and result files")->type_name("");
         verb.add_option("-o,--output", raw.output, "the report (report.html)")->type_name("FILE");
         verb.add_option("--lang", raw.language, "zh, en or both (both)")->type_name("L");
         verb.add_option("--pdf", raw.pdf, "print it to a PDF too, by Chromium")->type_name("FILE");
         verb.add_option("--meta", raw.meta, "lab.toml: title, number, customer, signers …")->type_name("FILE");
         verb.add_option("--criteria", raw.criteria, "criteria.toml: what the status rests on")->type_name("FILE");
         verb.add_flag("--dry-run", raw.dry_run, "print the command and what it would say, write nothing");
       }},
      {"explore", "A page that compares any result files in the browser",
       [](CLI::App& verb, Raw& raw) {
         verb.add_option("results", raw.words, "run folders and result files")->type_name("");
         verb.add_option("-o,--output", raw.output, "a folder, or a .html file (site)")->type_name("PATH");
         verb.add_option("--lang", raw.language, "zh, en or both (both)")->type_name("L");
         verb.add_flag("--dry-run", raw.dry_run, "print the command, write nothing");
       }},
      {"fleet", "Add up what many devices compute, by types",
       [](CLI::App& verb, Raw& raw) {
         verb.add_option("results", raw.words, "result files, runs' folders, folders of runs")->type_name("");
         verb.add_option("--scheme", raw.scheme, "fleet.toml: inventory, conversion, index")->type_name("FILE");
         verb.add_flag("--all", raw.all, "a line for every device");
         verb.add_option("--format", raw.report_format, "text, json, csv (every device)")->type_name("F");
       }},
      {"sign", "Vouch for runs by a signature",
       [](CLI::App& verb, Raw& raw) {
         verb.add_option("run", raw.words, "run folders")->type_name("");
         verb.add_option("--key", raw.key, "key of ssh-keygen")->type_name("FILE");
         verb.add_flag("--dry-run", raw.dry_run, "check the runs, print ssh-keygen's commands");
       }},
      {"verify", "Check digests, signatures and the chain of runs",
       [](CLI::App& verb, Raw& raw) {
         verb.add_option("folder", raw.words, "a run, or a folder of runs")->type_name("");
         verb.add_option("--allowed", raw.allowed, "whom to trust (ssh-keygen's allowed signers)")->type_name("FILE");
       }},
      {"doctor", "Check this machine and say what to mend",
       [](CLI::App& verb, Raw& raw) {
         verb.add_option("--out", raw.out, "where results would go (results)")->type_name("DIR");
       }},
      {"explain", "Explain a verdict, condition, column, suite or case id",
       [](CLI::App& verb, Raw& raw) {
         verb.add_option("word", raw.words, "NOT_WRITTEN, grade_e, gemm:f32:NN:8x8x8")->type_name("");
       }},
      {"new", "Write a plugin project that builds and passes",
       [](CLI::App& verb, Raw& raw) { add_new(verb, raw.vendor); }},
      {"probe", "Read a plugin's files without running it",
       [](CLI::App& verb, Raw& raw) { add_probe(verb, raw.vendor); }},
      {"check", "Walk a plugin through its duties P1 to P12",
       [](CLI::App& verb, Raw& raw) { add_check(verb, raw.vendor); }},
      {"pack", "Check a plugin and sign it for submission",
       [](CLI::App& verb, Raw& raw) { add_pack(verb, raw.vendor); }},
      {"intake", "Verify a submission, check it, run it",
       [](CLI::App& verb, Raw& raw) { add_intake(verb, raw.vendor); }},
      {"version", "Print the version", [](CLI::App&, Raw&) {}},
  };
  return table;
}

}  // namespace chipfit::cli
