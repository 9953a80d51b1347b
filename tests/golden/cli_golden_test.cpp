#include <gtest/gtest.h>

#include <sstream>

#include "harness/cli/cli.hpp"
#include "harness/cli/compare_text.hpp"
#include "harness/cli/doctor.hpp"
#include "harness/cli/fleet_text.hpp"
#include "harness/cli/results_table.hpp"
#include "harness/cli/text.hpp"
#include "harness/compare/formats.hpp"
#include "harness/fleet/formats.hpp"
#include "tests/golden/golden.hpp"
#include "tests/unit/cli/capture.hpp"
#include "tests/unit/cli/fixed_rows.hpp"
#include "tests/unit/compare/result_files.hpp"
#include "tests/unit/fleet/result_files.hpp"

namespace chipfit::cli {
namespace {

using chipfit::testing::expect_golden;
using testing::TestConsole;

void expect_fits(const std::string& text, std::size_t width) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), width) << line;
}

/// What a command prints on both streams, and its exit code.
std::string transcript(const std::vector<std::vector<std::string>>& commands, std::size_t width) {
  std::string text;
  for (const auto& command : commands) {
    TestConsole t({width, Colour::off});
    const int code = run_command_line(command, t.console);
    text += "$ chipfit" + std::string(command.empty() ? "" : " ") + shell_line(command) + "\n" + t.out.text() +
            t.err.text() + "[" + std::to_string(code) + "]\n";
  }
  return text;
}

std::string summary(const Paper& paper) {
  const auto rows = testing::fixed_rows();
  return results_table(rows, paper) + "\n" + results_digest(rows, paper, testing::fixed_reproduction);
}

TEST(Golden, SummaryOn80Columns) {
  expect_fits(results_table(testing::fixed_rows(), {80, Colour::off}), 80);
  expect_golden("cli/summary-80.txt", summary({80, Colour::off}));
}

TEST(Golden, SummaryOn60Columns) {
  expect_fits(results_table(testing::fixed_rows(), {60, Colour::off}), 60);
  expect_golden("cli/summary-60.txt", summary({60, Colour::off}));
}

TEST(Golden, SummaryInAFile) {
  expect_golden("cli/summary-file.txt", summary({}));
}
TEST(Golden, SummaryInColour) {
  expect_golden("cli/summary-colour.txt", summary({80, Colour::on}));
}
TEST(Golden, SummaryAsJson) {
  const auto rows = testing::fixed_rows();
  expect_golden("cli/summary.json", results_json(std::span(rows).first(1), "results/x", false));
}

TEST(Golden, HelpTexts) {
  std::vector<std::vector<std::string>> commands{{"--help"}};
  for (const auto* verb : {"devices", "suites", "plan",   "run",    "submit",  "status", "merge",  "census", "compare",
                           "aa",      "power",  "import", "report", "explore", "fleet",  "sign",   "verify", "doctor",
                           "explain", "new",    "probe",  "check",  "pack",    "intake", "version"}) {
    commands.push_back({verb, "--help"});
  }
  const auto text = transcript(commands, 80);
  expect_fits(text, 80);
  expect_golden("cli/help.txt", text);
}

TEST(Golden, Errors) {
  expect_golden("cli/errors.txt", transcript({{},
                                              {"rnu"},
                                              {"run"},
                                              {"run", "--suite", "quik"},
                                              {"run", "--suite", "quick", "--lunches", "3"},
                                              {"run", "--suite", "quick", "--launches", "many"},
                                              {"run", "--suite", "quick", "--benchmark_fliter=x"},
                                              {"run", "--case", "gemm:f33:NN:8x8x8"},
                                              {"run", "--case", "gemm:f32:NN:8x0x8"},
                                              {"run", "--plan", "/nonexistent.json"},
                                              {"suites", "--check", "/nonexistent.csv"},
                                              {"explain", "NOT_WRITEN"}},
                                             80));
}

TEST(Golden, Explanations) {
  const auto text = transcript({{"explain", "NOT_WRITTEN"},
                                {"explain", "CI_NOT_REACHED"},
                                {"explain", "rate_proven_flop_per_s"},
                                {"explain", "gemm:f32:NN:512x512x512"},
                                {"explain", "conv_fwd:bf16:nhwc:n32c64h56w56:k64r3s3:p1x1"}},
                               80);
  expect_fits(text, 80);
  expect_golden("cli/explain.txt", text);
}

/// Two racks: eight accelerators of which one is slow, two processors of which one failed, long names.
fleet::Fleet fixed_fleet() {
  using results::Column;
  std::vector<results::Row> rows;
  for (int i = 0; i < 8; ++i) {
    const auto uid = "GPU-5f2c0000-0000-0000-0000-00000000000" + std::to_string(i);
    const double speed = i == 3 ? 0.7 : 1 + 0.001 * i;
    const fleet::testing::Cells where{{Column::host, i < 4 ? "rack1-node01" : "rack1-node02"},
                                      {Column::chip, "Acme X1 Ultra 80GB"},
                                      {Column::power_mean_w, "400"},
                                      {Column::energy_source, "nvml"},
                                      {Column::energy_grade, "indicative"}};
    rows.push_back(fleet::testing::gemm(uid, speed * 1.5e12, where));
    rows.push_back(fleet::testing::bf16(uid, speed * 6e12, where));
  }
  const fleet::testing::Cells cpu{{Column::chip, "某某处理器 9654"}};
  rows.push_back(fleet::testing::gemm("某某处理器 9654#0", 1.1e12, cpu));
  auto failed = cpu;
  failed.insert(failed.end(), {{Column::host, "h2"}, {Column::verdict, "CRASHED"}, {Column::time_median_s, ""}});
  rows.push_back(fleet::testing::gemm("某某处理器 9654#0", 0, failed));
  auto scheme = fleet::parse_scheme(
      "title = \"Two racks\"\n[[inventory]]\nchip = \"Acme*\"\ndevices = 16\n"
      "[conversion]\nreference = \"f32\"\nbasis = \"ratio of the data sheets' peaks\"\nfactors = { bf16 = 0.25 }\n"
      "[[class]]\nname = \"intelligent\"\nchips = [\"Acme*\"]\ntypes = [\"bf16\", \"f32\"]\n"
      "[[class]]\nname = \"general\"\nchips = [\"*处理器*\"]\ntypes = [\"f32\"]\n"
      "[[index]]\nindicator = \"scale\"\ntypes = \"converted\"\nweight = 0.5\ntarget = 2e13\n"
      "[[index]]\nindicator = \"efficiency\"\ntypes = \"bf16\"\nweight = 0.3\ntarget = 0.7\n"
      "[[index]]\nindicator = \"adaptation_coverage\"\nweight = 0.2\ntarget = 1\n",
      "fleet.toml");
  EXPECT_TRUE(scheme) << scheme.error().what;
  return fleet::testing::fleet(rows, *scheme);
}

TEST(Golden, FleetOn80Columns) {
  const auto text = fleet_text(fixed_fleet(), {80, Colour::off}, NodeTable::yes);
  expect_fits(text, 80);
  expect_golden("cli/fleet-80.txt", text);
}

TEST(Golden, FleetInJson) {
  expect_golden("cli/fleet.json", fleet::to_json(fixed_fleet()));
}

TEST(Golden, Doctor) {
  DoctorFacts facts;
  facts.machine.host = "lab1";
  facts.machine.cpu_model = "Some CPU 8488C";
  facts.machine.cores = 2;
  facts.machine.kernel = "4.19.0";
  facts.machine.os = "Debian GNU/Linux 12";
  facts.machine.hypervisor = "KVM";
  facts.machine.isa = "avx512f,avx2,fma";
  facts.machine.memory_bytes = 16ull << 30;
  facts.machine.memory_available_bytes = 1ull << 30;
  facts.load_1min = 3.5;
  facts.tools = {{"c++", "only needed to build", "sudo apt install g++", "/usr/bin/c++"},
                 {"nvcc", "only needed to build the CUDA backends", "install the CUDA toolkit", ""}};
  facts.sensors = {
      {"GPU power", "",
       Error{Error::Kind::unavailable, "libnvidia-ml.so.1 was not found", "", "it comes with the NVIDIA driver"}},
      {"CPU energy", "RAPL, package-0+dram", std::nullopt}};
  facts.worker = "/opt/chipfit/bin/chipfit-worker";
  facts.worker_runs = true;
  facts.sealed_memory =
      Error{Error::Kind::unavailable, "memory cannot be sealed", "", "a kernel from 5.1 on is needed"};
  facts.levels = {{sandbox::Isolation::l3, "isolation L3: bwrap: No permissions to create a new namespace"},
                  {sandbox::Isolation::l2, "isolation L2: bwrap: No permissions to create a new namespace"},
                  {sandbox::Isolation::l1_landlock, "isolation L1+Landlock: this kernel has no Landlock"},
                  {sandbox::Isolation::l1, ""},
                  {sandbox::Isolation::l0, ""}};
  facts.plugin_folders = {{"/opt/chipfit/lib/chipfit/plugins", true}, {"/home/x/.local/share/chipfit/plugins", false}};
  facts.ignored_folders = {"."};
  facts.backends = {{"openblas", 1, "Some CPU 8488C, 1.0 (OpenBLAS 0.3.21)", std::nullopt, true, {}},
                    {"acme",
                     0,
                     "",
                     Error{Error::Kind::unavailable, "library is for aarch64, this machine is x86_64", "acme.so",
                           "ask the vendor for a build for this machine"},
                     true,
                     {}},
                    {"simulated", 1, "simulated", std::nullopt, false, {"x.json:2:1: unknown key 'nmae' is ignored"}}};
  facts.results = "results";
  facts.results_writable = true;
  facts.results_free_bytes = 42ull << 30;
  const auto text = doctor_text(diagnose(facts), {80, Colour::off});
  expect_fits(text, 80);
  expect_golden("cli/doctor.txt", text);
}

/// Two runs in which every kind of thing has happened.
compare::Report sample_comparison() {
  using namespace compare::testing;
  const results::TemporaryFolder folder;
  const Cells old_driver{{Column::driver, "535.1"}, {Column::backend_version, "1.0"}, {Column::clock_mean_hz, "2e9"}};
  const Cells new_driver{{Column::driver, "550.2"}, {Column::backend_version, "1.1"}, {Column::clock_mean_hz, "1.9e9"}};
  auto with = [](Cells cells, Column column, const char* text) {
    cells.emplace_back(column, text);
    return cells;
  };
  auto wild = launches("gemm:f32:NN:4096x4096x4096", 10, 0.02, 1, new_driver);
  wild[3].set(Column::time_median_s, 0.05);
  results::put(
      folder / "old.csv",
      to_text(together({launches("gemm:f32:NN:256x256x256", 10, 1e-4, 0, old_driver),
                        launches("gemm:f32:NN:512x512x512", 10, 8e-4, 0, old_driver),
                        launches("gemm:f32:NN:1024x1024x1024", 10, 6e-3, 0, old_driver),
                        launches("gemm:f32:NN:4096x4096x4096", 10, 0.02, 0, old_driver),
                        launches("conv_bwd_weights:f32:nchw:n32c256h56w56:k512r1s1:s2x2", 2, 0.1, 0, old_driver),
                        launches("gemm:f16:NN:512x512x512", 10, 3e-4, 0, old_driver),
                        launches("gemm:i8:NN:512x512x512", 10, 2e-4, 0, old_driver),
                        launches("gemm:f64:NN:512x512x512", 10, 2e-3, 0, old_driver),
                        launches("gemm:bf16:NN:512x512x512", 10, 2e-4, 0, old_driver)})));
  results::put(
      folder / "new.csv",
      to_text(together(
          {launches("gemm:f32:NN:256x256x256", 10, 1.05e-4, 1, new_driver),
           launches("gemm:f32:NN:512x512x512", 10, 7e-4, 1, new_driver),
           launches("gemm:f32:NN:1024x1024x1024", 10, 6e-3, 1, new_driver),
           wild,
           launches("conv_bwd_weights:f32:nchw:n32c256h56w56:k512r1s1:s2x2", 2, 0.1, 0, new_driver),
           {row("gemm:f16:NN:512x512x512", 1, 0, with(new_driver, Column::verdict, "INCORRECT"))},
           launches("gemm:i8:NN:512x512x512", 10, 2e-4, 1, with(new_driver, Column::cache_mode, "buffers")),
           launches("gemm:bf16:NN:512x512x512", 10, 1e-5, 1, with(new_driver, Column::conditions, "IMPLAUSIBLE")),
           launches("gemm:f32:NN:64x64x64", 10, 1e-5, 1, new_driver)})));
  const auto data = compare::Dataset::load({.inputs = {{"old", folder / "old.csv"}, {"new", folder / "new.csv"}}});
  return compare::make_report(data.value(), {}).value();
}

TEST(Golden, ComparisonOn80Columns) {
  const auto report = sample_comparison();
  const auto text = comparison_text(report, {80, Colour::off}, Extent::what_matters);
  expect_fits(text, 80);
  expect_golden("cli/compare-80.txt", text);
}

TEST(Golden, ComparisonAsMarkdown) {
  expect_golden("cli/compare.md", compare::to_markdown(sample_comparison()));
}

TEST(Golden, AComparisonExplained) {
  const auto report = sample_comparison();
  const auto& table = report.tables[0];
  const std::vector<double> a{1.00e-4, 1.01e-4, 1.00e-4, 1.02e-4, 0.99e-4},
      b{1.05e-4, 1.06e-4, 1.05e-4, 1.04e-4, 1.07e-4};
  const auto text = explain_text(report, table, table.lines[0], 1, a, b, {1.041, 1.062}, {80, Colour::off});
  expect_fits(text, 80);
  expect_golden("cli/compare-explain.txt", text);
}

}  // namespace
}  // namespace chipfit::cli
