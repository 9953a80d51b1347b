#include <gmock/gmock.h>

#include "harness/cli/commands.hpp"

namespace chipfit::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Words = std::vector<std::string>;

Error refusal(const Words& words) {
  const auto command = parse_arguments(words);
  if (command) return {Error::Kind::internal, "accepted", "", ""};
  EXPECT_EQ(command.error().kind, Error::Kind::usage);
  return command.error();
}

template <class T>
T parsed(const Words& words) {
  const auto command = parse_arguments(words);
  EXPECT_TRUE(command) << (command ? "" : command.error().what);
  if (!command || !std::holds_alternative<T>(*command)) {
    ADD_FAILURE() << "another command";
    return {};
  }
  return std::get<T>(*command);
}

TEST(Arguments, AVerbIsNeeded) {
  EXPECT_EQ(refusal({}).what, "a verb is missing");
  EXPECT_THAT(refusal({"--json"}).what, HasSubstr("options follow a verb"));
}

TEST(Arguments, AnUnknownVerbGetsASuggestion) {
  EXPECT_EQ(refusal({"rnu"}).what, "unknown verb 'rnu'");
  EXPECT_THAT(refusal({"rnu"}).hint, HasSubstr("did you mean 'run'?"));
  EXPECT_THAT(refusal({"device"}).hint, HasSubstr("did you mean 'devices'?"));
  EXPECT_THAT(refusal({"frobnicate"}).hint, Not(HasSubstr("did you mean")));
}

TEST(Arguments, AnUnknownOptionGetsASuggestion) {
  EXPECT_EQ(refusal({"run", "--suite", "quick", "--lunches", "3"}).what, "unknown option '--lunches'");
  EXPECT_THAT(refusal({"run", "--suite", "quick", "--lunches", "3"}).hint, HasSubstr("did you mean '--launches'?"));
  EXPECT_THAT(refusal({"run", "--suit=quick"}).hint, HasSubstr("did you mean '--suite'?"));
  EXPECT_THAT(refusal({"devices", "--jsn"}).hint, HasSubstr("did you mean '--json'?"));
  EXPECT_EQ(refusal({"run", "--suite", "quick", "--qwertyuiop"}).hint, "chipfit run --help lists the options");
  EXPECT_EQ(refusal({"devices", "extra"}).what, "'extra' is not expected here");
}

TEST(Arguments, AnOptionWithoutItsValueIsAnError) {
  EXPECT_THAT(refusal({"run", "--suite"}).what, HasSubstr("--suite"));
  EXPECT_THAT(refusal({"run", "--suite", "quick", "--out"}).what, HasSubstr("--out"));
}

TEST(Arguments, NumbersAreReadWhole) {
  const auto with = [](const std::string& option, const std::string& value) {
    return refusal({"run", "--suite", "quick", option, value}).what;
  };
  for (const auto* value : {"0", "-1", "x", "1x", "1.5", "99999999999"}) {
    EXPECT_THAT(with("--launches", value), HasSubstr("--launches")) << value;
  }
  for (const auto* value : {"0", "-1", "x", "nan", "inf", "1e9"}) {
    EXPECT_THAT(with("--time", value), HasSubstr("--time")) << value;
    EXPECT_THAT(with("--ci", value), HasSubstr("--ci")) << value;
  }
  EXPECT_THAT(with("--deadline", "0"), HasSubstr("--deadline"));
  EXPECT_THAT(with("--threads", "0"), HasSubstr("--threads"));
  EXPECT_THAT(with("--devices", "first"), HasSubstr("'first' is no device number"));
  EXPECT_THAT(with("--devices", "-1"), HasSubstr("--devices"));
}

TEST(Arguments, ARunNeedsCases) {
  EXPECT_EQ(refusal({"run"}).what, "nothing is selected: name a suite or a case");
  EXPECT_EQ(refusal({"plan"}).what, "nothing is selected: name a suite or a case");
  EXPECT_THAT(refusal({"run", "--case", "gemm:f32:NN:8x8x8", "--dtype", "f64"}).what,
              HasSubstr("no suite is selected"));
}

TEST(Arguments, TheDefaultsOfARun) {
  const auto run = parsed<RunCommand>({"run", "--suite", "quick"});
  EXPECT_THAT(run.selection.suites, ElementsAre("quick"));
  EXPECT_THAT(run.selection.backends, IsEmpty());
  EXPECT_THAT(run.selection.devices, IsEmpty());
  EXPECT_EQ(run.selection.launches, 1);
  EXPECT_FALSE(run.selection.quick);
  EXPECT_FALSE(run.selection.time_s);
  EXPECT_EQ(run.out, "results");
  EXPECT_FALSE(run.resume);
  EXPECT_FALSE(run.deadline_s);
  EXPECT_EQ(run.dry_run, DryRun::no);
  EXPECT_EQ(run.format, Format::people);
}

TEST(Arguments, TakesEveryOptionOfARun) {
  const auto run = parsed<RunCommand>({"run",
                                       "--suite",
                                       "quick,square",
                                       "--case",
                                       "gemm:f32:NN:8x8x8",
                                       "--case",
                                       "gemm:f64:NN:8x8x8",
                                       "--backend",
                                       "a,./b.so",
                                       "--devices",
                                       "1,0,1",
                                       "--dtype",
                                       "f32,bf16",
                                       "--direction",
                                       "bwd_data",
                                       "--layout",
                                       "nchw",
                                       "--math",
                                       "strict,tf32",
                                       "--launches",
                                       "3",
                                       "--quick",
                                       "--time",
                                       "2.5",
                                       "--ci",
                                       "1",
                                       "--threads",
                                       "2",
                                       "--option",
                                       "a=b",
                                       "--out",
                                       "/tmp/r",
                                       "--resume",
                                       "--deadline",
                                       "5",
                                       "--lab",
                                       "lab one",
                                       "--lab-run",
                                       "--json",
                                       "--dry-run",
                                       "--in-process"});
  const auto& s = run.selection;
  EXPECT_THAT(s.suites, ElementsAre("quick", "square"));
  EXPECT_THAT(s.cases, ElementsAre("gemm:f32:NN:8x8x8", "gemm:f64:NN:8x8x8"));
  EXPECT_THAT(s.backends, ElementsAre("a", "./b.so"));
  EXPECT_THAT(s.devices, ElementsAre(1u, 0u));
  EXPECT_EQ(s.overrides.dtypes.size(), 2u);
  EXPECT_THAT(s.overrides.directions, ElementsAre(ConvDirection::bwd_data));
  EXPECT_THAT(s.overrides.layouts, ElementsAre(Layout::nchw));
  EXPECT_THAT(s.overrides.maths, ElementsAre(Math::strict, Math::tf32));
  EXPECT_EQ(s.launches, 3);
  EXPECT_TRUE(s.quick);
  EXPECT_EQ(s.time_s, 2.5);
  EXPECT_EQ(s.ci_relative, 0.01);
  EXPECT_THAT(s.options, ElementsAre("a=b", "threads=2"));
  EXPECT_TRUE(s.in_process);
  EXPECT_EQ(run.out, "/tmp/r");
  EXPECT_TRUE(run.resume);
  EXPECT_EQ(run.deadline_s, 5);
  EXPECT_EQ(run.lab, "lab one");
  EXPECT_EQ(run.provenance, results::Provenance::lab_run);
  EXPECT_EQ(run.format, Format::json);
  EXPECT_EQ(run.dry_run, DryRun::yes);
}

TEST(Arguments, ALabRunNamesTheLaboratory) {
  EXPECT_THAT(refusal({"run", "--suite", "quick", "--lab-run"}).what, HasSubstr("which laboratory"));
}

TEST(Arguments, OverridesAreCheckedAtOnce) {
  EXPECT_THAT(refusal({"run", "--suite", "quick", "--dtype", "f33"}).what, HasSubstr("--dtype: "));
  EXPECT_THAT(refusal({"run", "--suite", "quick", "--direction", "sideways"}).what, HasSubstr("--direction: "));
  EXPECT_THAT(refusal({"run", "--suite", "quick", "--layout", "nwch"}).hint, HasSubstr("nchw"));
  EXPECT_THAT(refusal({"run", "--suite", "quick", "--math", "tf23"}).hint, HasSubstr("tf32"));
  EXPECT_THAT(refusal({"run", "--case", "gemm:f32:NN:8x8x8", "--math", "tf32"}).hint, HasSubstr(":tf32"));
}

TEST(Arguments, PluginOptionsAreWords) {
  for (const auto* option : {"novalue", "=x", "a=b c"}) {
    EXPECT_THAT(refusal({"run", "--suite", "quick", "--option", option}).what, HasSubstr("key=value")) << option;
  }
}

TEST(Arguments, TheLastOfAnOptionWins) {
  EXPECT_EQ(parsed<RunCommand>({"run", "--suite", "quick", "--out", "a", "--out", "b"}).out, "b");
}

TEST(Arguments, AFrozenPlanTakesNoSelection) {
  const auto run = parsed<RunCommand>({"run", "--plan", "p.json", "--resume", "--out", "x"});
  EXPECT_EQ(run.selection.plan_file, "p.json");
  for (const Words& more :
       {Words{"--suite", "quick"}, Words{"--launches", "2"}, Words{"--quick"}, Words{"--benchmark_filter=x"}}) {
    Words words{"run", "--plan", "p.json"};
    words.insert(words.end(), more.begin(), more.end());
    EXPECT_THAT(refusal(words).what, HasSubstr("--plan is a frozen plan")) << more[0];
  }
}

TEST(Arguments, GoogleBenchmarksFlagsPassThrough) {
  const auto run = parsed<RunCommand>({"run", "--suite", "quick", "--benchmark_out=x.json", "--benchmark_filter=-conv",
                                       "--benchmark_repetitions=4", "--benchmark_counters_tabular"});
  EXPECT_THAT(run.selection.benchmark.passed_on, ElementsAre("--benchmark_out=x.json", "--benchmark_counters_tabular"));
  EXPECT_EQ(run.selection.benchmark.filter, "-conv");
  EXPECT_EQ(run.selection.launches, 4);
  EXPECT_EQ(
      parsed<RunCommand>({"run", "--suite", "q", "--benchmark_repetitions=4", "--launches", "2"}).selection.launches,
      2);
  EXPECT_THAT(refusal({"run", "--suite", "quick", "--benchmark_fliter=x"}).hint, HasSubstr("--benchmark_filter"));
  EXPECT_THAT(refusal({"run", "--suite", "quick", "--benchmark_filter"}).what, HasSubstr("needs a value"));
  EXPECT_THAT(refusal({"run", "--suite", "quick", "--benchmark_repetitions=0"}).what, HasSubstr("'0'"));
  EXPECT_THAT(refusal({"doctor", "--benchmark_filter=x"}).what, HasSubstr("belongs to 'chipfit run'"));
}

TEST(Arguments, IsolationIsALevelOrAuto) {
  const auto run = parsed<RunCommand>(
      {"run", "--suite", "quick", "--isolation", "L1+Landlock", "--require-isolation", "L1", "--memory-limit", "1.5"});
  EXPECT_EQ(run.selection.isolation, "L1+Landlock");
  EXPECT_EQ(run.selection.require_isolation, "L1");
  EXPECT_EQ(run.memory_limit_gib, 1.5);
  EXPECT_EQ(parsed<RunCommand>({"run", "--suite", "quick", "--isolation", "auto"}).selection.isolation, "auto");
  EXPECT_THAT(refusal({"run", "--suite", "quick", "--isolation", "L4"}).what, HasSubstr("'L4' is no isolation level"));
  EXPECT_THAT(refusal({"run", "--suite", "quick", "--require-isolation", "auto"}).what, HasSubstr("'auto'"));
  EXPECT_THAT(refusal({"run", "--suite", "quick", "--in-process", "--isolation", "L1"}).what, HasSubstr("contradict"));
  EXPECT_THAT(refusal({"run", "--plan", "p.json", "--isolation", "L1"}).what, HasSubstr("frozen plan"));
  EXPECT_EQ(parsed<RunCommand>({"run", "--plan", "p.json", "--require-isolation", "L2"}).selection.require_isolation,
            "L2");
  EXPECT_THAT(refusal({"run", "--suite", "quick", "--memory-limit", "0"}).what, HasSubstr("--memory-limit"));
}

TEST(Arguments, HelpIsData) {
  for (const Words& words : {Words{"--help"}, Words{"-h"}, Words{"help"}}) {
    EXPECT_THAT(parsed<HelpCommand>(words).text, HasSubstr("doctor"));
  }
  for (const Words& words : {Words{"run", "--help"}, Words{"help", "run"}, Words{"run", "-h"}}) {
    EXPECT_THAT(parsed<HelpCommand>(words).text, HasSubstr("--launches"));
  }
  EXPECT_THAT(refusal({"help", "rnu"}).hint, HasSubstr("did you mean 'run'?"));
}

TEST(Arguments, TheSmallVerbs) {
  EXPECT_EQ(parsed<VersionCommand>({"version", "--json"}).format, Format::json);
  EXPECT_EQ(parsed<VersionCommand>({"--version"}).format, Format::people);
  EXPECT_EQ(parsed<SuitesCommand>({"suites", "--check", "a.csv"}).check, "a.csv");
  EXPECT_THAT(parsed<DevicesCommand>({"devices", "--backend", "a,b"}).backends, ElementsAre("a", "b"));
  EXPECT_EQ(parsed<DoctorCommand>({"doctor"}).out, "results");
  EXPECT_THAT(parsed<ExplainCommand>({"explain", "OK", "grade_e"}).words, ElementsAre("OK", "grade_e"));
  EXPECT_EQ(refusal({"explain"}).what, "explain what?");
  EXPECT_EQ(parsed<PlanCommand>({"plan", "--suite", "quick", "-o", "p.json", "--dry-run"}).output, "p.json");
}

TEST(Arguments, CompareNeedsInputsAndKnowsItsFormats) {
  EXPECT_EQ(refusal({"compare"}).what, "compare what?");
  EXPECT_THAT(refusal({"compare", "a", "b", "--format", "jsno"}).hint, HasSubstr("json"));
  EXPECT_THAT(refusal({"compare", "a", "b", "--threshold", "-1"}).what, HasSubstr("--threshold"));
  const auto command = parsed<CompareCommand>({"compare", "a", "n=b", "--fail-on", "slower,broken", "--threshold", "3",
                                               "--table", "none", "--col", "chip", "--format", "csv", "--all"});
  EXPECT_THAT(command.inputs, ElementsAre("a", "n=b"));
  EXPECT_THAT(command.fail_on, ElementsAre("slower", "broken"));
  EXPECT_EQ(command.threshold, 0.03);
  EXPECT_EQ(command.table, "");
  EXPECT_EQ(command.column, "chip");
  EXPECT_EQ(command.format, ReportFormat::csv);
  EXPECT_TRUE(command.all);
  EXPECT_FALSE(parsed<CompareCommand>({"compare", "a", "b"}).table);
  EXPECT_EQ(parsed<CompareCommand>({"compare", "a", "b", "--json"}).format, ReportFormat::json);
}

TEST(Arguments, AaRunsTenLaunchesUnlessTold) {
  EXPECT_EQ(parsed<AaCommand>({"aa", "--backend", "b", "--suite", "quick"}).run.selection.launches, 10);
  EXPECT_EQ(parsed<AaCommand>({"aa", "--backend", "b", "--suite", "quick", "--launches", "4"}).run.selection.launches,
            4);
  EXPECT_THAT(refusal({"aa", "--backend", "b", "--suite", "quick", "--seed", "x"}).what, HasSubstr("--seed"));
}

TEST(Arguments, PowerTakesItsNoiseFromARunOrAModel) {
  EXPECT_EQ(parsed<PowerCommand>({"power", "--launches", "5"}).launches, 5);
  EXPECT_THAT(refusal({"power", "--launches", "2"}).what, HasSubstr("--launches"));
  EXPECT_THAT(refusal({"power", "--from", "r", "--cases", "5"}).what, HasSubstr("--from"));
}

TEST(Arguments, ImportTakesAFormatAndAFile) {
  EXPECT_THAT(refusal({"import", "nvbench"}).what, HasSubstr("a format and a file"));
  EXPECT_EQ(parsed<ImportCommand>({"import", "nvbench", "f", "--chip", "X"}).facts.chip, "X");
}

TEST(Arguments, InterleaveIsPartOfAPlan) {
  EXPECT_TRUE(parsed<RunCommand>({"run", "--suite", "quick", "--interleave"}).selection.interleave);
  EXPECT_THAT(refusal({"run", "--plan", "p", "--interleave"}).what, HasSubstr("frozen plan"));
}

TEST(Arguments, WhatASubmissionLacksIsNamedWithAnExample) {
  EXPECT_EQ(refusal({"check"}).what, "the plugin's file is missing");
  EXPECT_EQ(refusal({"new"}).what, "the name of the plugin is missing");
  EXPECT_EQ(refusal({"pack", "x.so"}).what, "--vendor is missing");
  EXPECT_EQ(refusal({"pack", "x.so", "--vendor", "a/b"}).what, "--vendor: 'a/b' cannot be the name of a folder");
  EXPECT_EQ(refusal({"pack", "x.so", "--vendor", "..", "--chip", "x1"}).what,
            "--vendor: '..' cannot be the name of a folder");
  EXPECT_NE(refusal({"pack", "x.so", "--vendor", "v", "--chip", "x1"}).hint.find("ssh-keygen"), std::string::npos);
  EXPECT_EQ(refusal({"intake", "x.tar"}).what, "--signers FILE is missing");
  EXPECT_EQ(refusal({"check", "x.so", "--seed", "-1"}).what,
            "--seed: '-1' is not a number from 0 to 18446744073709551615");
  EXPECT_EQ(refusal({"check", "x.so", "--seconds", "nan"}).what, "--seconds: 'nan' is not a number from 0 to 86400");
  EXPECT_EQ(refusal({"check", "x.so", "--option", "threads"}).what,
            "--option: 'threads' is not key=value without spaces");
  EXPECT_EQ(refusal({"chek", "x.so"}).hint.substr(0, 22), "did you mean 'check'?\n");
}

TEST(Arguments, ACheckTakesWhatItsReproductionLineSays) {
  const auto check = parsed<CheckCommand>({"check", "x.so", "--seed", "18446744073709551615", "--case",
                                           "gemm:f32:NN:8x8x8", "--asan", "--deadline", "2.5", "--device", "1"});
  EXPECT_EQ(check.file, "x.so");
  EXPECT_EQ(check.options.seed, 18446744073709551615u);
  EXPECT_EQ(check.options.cases, (Words{"gemm:f32:NN:8x8x8"}));
  EXPECT_EQ(check.options.deadline_s, 2.5);
  EXPECT_EQ(check.options.device, 1u);
  EXPECT_EQ(check.options.worker, CheckOptions::Worker::address_sanitizer);
  EXPECT_FALSE(parsed<CheckCommand>({"check", "x.so"}).options.seed) << "a new one each time";
  EXPECT_EQ(parsed<IntakeCommand>({"intake", "b.tar", "--signers", "s"}).suites, (Words{"quick"}));
}

}  // namespace
}  // namespace chipfit::cli
