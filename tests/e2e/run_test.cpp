// `chipfit run` from end to end on the real backends: rows, files, launches, Google Benchmark's flags, resuming.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <thread>

#include "harness/results/digest.hpp"
#include "harness/sandbox/isolation.hpp"
#include "kernels/base/csv.hpp"
#include "tests/e2e/command.hpp"

namespace chipfit::e2e {
namespace {

using results::Column;
namespace fs = std::filesystem;

// Small problems of both kinds: a suite that takes a few seconds on two backends.
constexpr const char* small_suite =
    "op,dtypes,directions,layout,m,n,k,conv_n,conv_c,conv_h,conv_w,conv_k,conv_r,conv_s,pad_h,pad_w,application\n"
    "gemm,f32;f64,,,64,96,128,,,,,,,,,,first\n"
    "gemm,f32,,,33,17,65,,,,,,,,,,unaligned\n"
    "gemm,i8,,,64,64,64,,,,,,,,,,integers\n"
    "conv,f32,fwd;bwd_data;bwd_weights,nhwc,,,,2,8,12,12,16,3,3,1,1,block\n"
    "conv,f32,fwd,nchw,,,,2,8,12,12,16,1,1,0,0,pointwise\n";
constexpr std::size_t small_suite_cases = 8;

std::string write_suite(const TemporaryFolder& folder) {
  const fs::path path = folder.path() / "small.csv";
  write_file(path, small_suite);
  return path.string();
}

std::string out_of(const TemporaryFolder& folder) {
  return (folder.path() / "out").string();
}

/// `chipfit run --quick` with these arguments into `folder`; what it said is shown where it failed.
void run_quick(const TemporaryFolder& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "run");
  arguments.insert(arguments.end(), {"--quick", "--out", out_of(folder)});
  const Ran ran = chipfit(arguments);
  ASSERT_EQ(ran.exit_code, 0) << ran.out << ran.err;
}

std::map<std::string, int> rows_per_key(const std::vector<results::Row>& rows) {
  std::map<std::string, int> count;
  for (const auto& row : rows) ++count[results::key(row)];
  return count;
}

void expect_each_once(const std::vector<results::Row>& rows, std::size_t planned) {
  EXPECT_EQ(rows.size(), planned);
  for (const auto& [key, count] : rows_per_key(rows)) EXPECT_EQ(count, 1) << key;
}

TEST(Run, GivesEveryCaseOneVerifiedRowOnTwoBackends) {
  TemporaryFolder folder;
  ASSERT_NO_FATAL_FAILURE(run_quick(folder, {"--suite", write_suite(folder), "--backend", "reference,openblas"}));
  const auto rows = rows_of(out_of(folder));
  expect_each_once(rows, 2 * small_suite_cases);
  for (const auto& row : rows) {
    SCOPED_TRACE(results::key(row));
    const std::string& verdict = row.text(Column::verdict);
    if (row.text(Column::dtype_a) == "i8" && row.text(Column::backend) == "openblas") {
      EXPECT_EQ(verdict, "UNSUPPORTED");
      EXPECT_FALSE(row.text(Column::reason).empty());
      EXPECT_TRUE(row.text(Column::rate_flop_per_s).empty());
      continue;
    }
    EXPECT_EQ(verdict, "OK") << row.text(Column::reason);
    EXPECT_GE(row.integer(Column::rounds_checked).value_or(0), 3);
    EXPECT_GE(row.integer(Column::rounds).value_or(0), 3);
    EXPECT_NE(row.text(Column::check).find("elementwise"), std::string::npos);
    const bool integers = row.text(Column::dtype_a) == "i8";
    EXPECT_TRUE(integers ? row.real(Column::err_backward) == 0 : row.real(Column::err_backward).value_or(0) > 0);
    EXPECT_EQ(row.text(Column::acc_bits_implied).empty(), integers) << "f32 and f64 outputs hide nothing";
    EXPECT_GT(row.real(Column::rate_flop_per_s).value_or(0), 0);
    EXPECT_GT(row.real(Column::rate_proven_flop_per_s).value_or(0), 0);
    EXPECT_EQ(row.text(Column::proven_mode), "accumulate");
    EXPECT_LE(row.real(Column::time_ci_low_s).value_or(1), row.real(Column::time_median_s).value_or(0));
    EXPECT_GE(row.real(Column::time_ci_high_s).value_or(0), row.real(Column::time_median_s).value_or(1));
    EXPECT_GT(row.real(Column::latency_p50_s).value_or(0), 0);
    EXPECT_GT(row.real(Column::peak_empirical_flop_per_s).value_or(0), 0);
    EXPECT_NE(row.text(Column::conditions).find("QUICK"), std::string::npos);
    EXPECT_TRUE(sandbox::parse_isolation(row.text(Column::isolation))) << row.text(Column::isolation);
    EXPECT_EQ(row.text(Column::plan_sha256).size(), 64u);
  }
}

TEST(Run, RefusesLessIsolationThanIsRequired) {
  TemporaryFolder folder;
  const auto run = [&](std::vector<std::string> more) {
    std::vector<std::string> words = {"run",     "--case", "gemm:f32:NN:16x16x16", "--backend", "openblas",
                                      "--quick", "--out",  out_of(folder)};
    words.insert(words.end(), more.begin(), more.end());
    return chipfit(words);
  };
  for (const auto& weaker : {std::vector<std::string>{"--isolation", "L0"}, {"--in-process"}}) {
    auto words = weaker;
    words.insert(words.end(), {"--require-isolation", "L1"});
    const Ran refused = run(words);
    EXPECT_EQ(refused.exit_code, 69) << refused.err;
    EXPECT_NE(refused.err.find("isolation L1 is required"), std::string::npos) << refused.err;
  }
  EXPECT_FALSE(fs::exists(out_of(folder))) << "nothing ran";
  EXPECT_EQ(run({"--isolation", "L1", "--require-isolation", "L1"}).exit_code, 0);
  for (const auto& row : rows_of(out_of(folder))) EXPECT_EQ(row.text(Column::isolation), "L1");
}

TEST(Run, APluginThatCannotStartInNamespacesGetsAWeakerLevelAndItsRowsSaySo) {
  TemporaryFolder folder;
  const auto run = [&](const std::string& out, std::vector<std::string> more) {
    std::vector<std::string> words = {
        "run",     "--case", "gemm:f32:NN:16x16x16", "--backend", CHIPFIT_NEEDS_THE_MACHINE,
        "--quick", "--out",  out_of(folder) + out};
    words.insert(words.end(), more.begin(), more.end());
    return chipfit(words);
  };
  const Ran usual = run("/auto", {});
  ASSERT_EQ(usual.exit_code, 0) << usual.err;
  const auto row = rows_of(out_of(folder) + "/auto").at(0);
  const auto level = sandbox::parse_isolation(row.text(Column::isolation));
  ASSERT_TRUE(level);
  EXPECT_GE(*level, sandbox::Isolation::l1) << "never without the filter";
  EXPECT_LT(*level, sandbox::Isolation::l2);
  if (chipfit({"run", "--case", "gemm:f32:NN:16x16x16", "--backend", "reference", "--quick", "--isolation", "L2",
               "--out", out_of(folder) + "/l2"})
          .exit_code != 0)
    return;  // no namespaces here, so that there was nothing to fall back from
  EXPECT_NE(row.text(Column::reason).find("instead of L"), std::string::npos) << row.text(Column::reason);
  EXPECT_NE(usual.err.find("instead of L"), std::string::npos) << usual.err;
  EXPECT_NE(run("/required", {"--require-isolation", "L2"}).exit_code, 0) << "a laboratory may refuse";
  EXPECT_NE(run("/named", {"--isolation", "L2"}).exit_code, 0) << "a level that is named is that level";
}

TEST(Run, LeavesFilesThatCheckAgainstTheirHashes) {
  TemporaryFolder folder;
  ASSERT_NO_FATAL_FAILURE(run_quick(folder, {"--suite", write_suite(folder), "--backend", "openblas"}));
  const fs::path run = run_folder(out_of(folder));
  const auto manifest = nlohmann::json::parse(read_file(run / "manifest.json"));
  EXPECT_EQ(manifest.at("run_id"), run.filename().string());
  EXPECT_EQ(results::sha256_file(run / "results.csv").value(), [&] {
    for (const auto& file : manifest.at("files"))
      if (file.at("path") == "results.csv") return file.at("sha256").get<std::string>();
    return std::string();
  }());
  bool found_blas = false;
  for (const auto& library : manifest.at("backends").at(0).at("loaded_libraries"))
    found_blas = found_blas || library.at("path").get<std::string>().find("openblas") != std::string::npos;
  EXPECT_TRUE(found_blas) << "the library that computed is on record";
  EXPECT_EQ(std::system(fmt::format("cd '{}' && sha256sum --quiet -c SHA256SUMS", run.string()).c_str()), 0);
  EXPECT_FALSE(fs::exists(run / "worker-openblas-0.log") && read_file(run / "worker-openblas-0.log").size() > 4096);
}

TEST(Run, SamplesCarryEveryRoundOfEveryRatedRow) {
  TemporaryFolder folder;
  ASSERT_NO_FATAL_FAILURE(run_quick(folder, {"--suite", write_suite(folder), "--backend", "openblas"}));
  const fs::path run = run_folder(out_of(folder));
  const std::string text = read_file(run / "samples.csv");
  csv::Reader reader("samples.csv", text);
  csv::Record record;
  std::map<std::string, std::int64_t> rounds;
  ASSERT_TRUE(reader.next(record).value());
  EXPECT_EQ(csv::line(record.fields),
            "run_id,case_id,backend,device_uid,launch,round,problems_per_round,time_s,clock_hz");
  while (reader.next(record).value()) {
    EXPECT_EQ(record.fields[0], run.filename().string());
    EXPECT_GT(std::stod(record.fields[7]), 0);
    ++rounds[record.fields[1]];
  }
  for (const auto& row : rows_of(out_of(folder)))
    if (row.text(Column::verdict) == "OK") {
      EXPECT_EQ(rounds[row.text(Column::case_id)], row.integer(Column::rounds).value()) << row.text(Column::case_id);
    }
}

TEST(Run, LaunchesAreSeparateRows) {
  TemporaryFolder folder;
  ASSERT_NO_FATAL_FAILURE(
      run_quick(folder, {"--case", "gemm:f32:NN:64x64x64", "--backend", "openblas", "--launches", "3"}));
  const auto rows = rows_of(out_of(folder));
  ASSERT_EQ(rows.size(), 3u);
  std::set<std::string> launches;
  for (const auto& row : rows) launches.insert(row.text(Column::launch));
  EXPECT_EQ(launches, (std::set<std::string>{"1", "2", "3"}));
}

TEST(Run, FastConvolutionsWithInexactConstantsPass) {
  TemporaryFolder folder;
  ASSERT_NO_FATAL_FAILURE(run_quick(folder, {"--case", "conv_fwd:f32:nhwc:n2c64h28w28:k64r3s3:p1x1", "--backend",
                                             "native", "--option", "conv=winograd"}));
  const auto rows = rows_of(out_of(folder));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].text(Column::verdict), "OK") << rows[0].text(Column::reason);
  // Which of the two it is, native finds by measurement; F(2x2) is exact on integers.
  const bool inexact = rows[0].text(Column::algorithm).find("F(4x4") != std::string::npos;
  EXPECT_EQ(rows[0].text(Column::check).find("exact-nearest") != std::string::npos, inexact)
      << rows[0].text(Column::algorithm) << ": " << rows[0].text(Column::check);
}

TEST(Run, InProcessRowsAreUntrusted) {
  TemporaryFolder folder;
  ASSERT_EQ(chipfit({"run", "--case", "gemm:f32:NN:64x64x64", "--backend", "openblas", "--quick", "--in-process",
                     "--out", out_of(folder)})
                .exit_code,
            0);
  const auto rows = rows_of(out_of(folder));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_NE(rows[0].text(Column::conditions).find("UNTRUSTED"), std::string::npos);
  EXPECT_EQ(rows[0].text(Column::isolation), "in-process");
}

TEST(Run, SimulatedChipTakesItsDeclaredTime) {
  TemporaryFolder folder;
  ASSERT_EQ(chipfit({"run", "--case", "gemm:f32:NN:64x64x64", "--backend", "simulated", "--quick", "--option",
                     "rate_flop_per_s=1e8", "--option", "within_sd=0", "--option", "launch_sd=0", "--option",
                     "overhead_s=0", "--out", out_of(folder)})
                .exit_code,
            0);
  const auto rows = rows_of(out_of(folder));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].text(Column::verdict), "OK") << rows[0].text(Column::reason);
  // It waits until its declared time has passed: it can only be slower.
  EXPECT_LE(rows[0].real(Column::rate_flop_per_s).value_or(1e99), 1.001e8);
}

TEST(Run, TooBigIsSaidBeforeAnythingIsAllocated) {
  TemporaryFolder folder;
  const Ran ran = chipfit(
      {"run", "--case", "gemm:f32:NN:400000x400000x64", "--backend", "openblas", "--quick", "--out", out_of(folder)});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  const auto rows = rows_of(out_of(folder));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].text(Column::verdict), "TOO_BIG");
  EXPECT_NE(rows[0].text(Column::reason).find("GiB"), std::string::npos);
}

// ---- Google Benchmark ----------------------------------------------------------------------------------------------

TEST(GoogleBenchmark, FilterAndOutFileWorkAndCompareReadsThem) {
  TemporaryFolder folder;
  const std::string suite = write_suite(folder);
  std::vector<std::string> files;
  for (const char* name : {"a.json", "b.json"}) {
    files.push_back((folder.path() / name).string());
    const Ran ran =
        chipfit({"run", "--suite", suite, "--backend", "openblas", "--quick", "--launches", "2",
                 "--benchmark_filter=gemm:f32", "--benchmark_out=" + files.back(), "--out", out_of(folder) + name});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_EQ(rows_of(out_of(folder) + name).size(), 4u) << "two gemm:f32 cases, two launches";
    const auto json = nlohmann::json::parse(read_file(files.back()));
    int runs = 0;
    for (const auto& benchmark : json.at("benchmarks"))
      if (benchmark.at("run_type") == "iteration") {
        ++runs;
        EXPECT_GT(benchmark.at("real_time").get<double>(), 0);
        EXPECT_GT(benchmark.at("FLOP/s").get<double>(), 0);
      }
    EXPECT_EQ(runs, 4);
  }
  if (!fs::exists("/usr/share/benchmark/compare.py")) GTEST_SKIP() << "libbenchmark-tools is not installed";
  const std::string table = (folder.path() / "compare.txt").string();
  ASSERT_EQ(
      std::system(
          fmt::format("/usr/bin/python3 /usr/share/benchmark/compare.py --no-color benchmarks '{}' '{}' > '{}' 2>&1",
                      files[0], files[1], table)
              .c_str()),
      0)
      << read_file(table);
  EXPECT_NE(read_file(table).find("gemm:f32:NN:64x96x128/openblas/0"), std::string::npos) << read_file(table);
}

TEST(GoogleBenchmark, UnknownFlagIsAUsageError) {
  TemporaryFolder folder;
  const Ran ran = chipfit({"run", "--case", "gemm:f32:NN:64x64x64", "--backend", "openblas", "--quick",
                           "--benchmark_nonsense=1", "--out", out_of(folder)});
  EXPECT_EQ(ran.exit_code, 2) << ran.err;
}

// ---- stopping and resuming
// ---------------------------------------------------------------------------------------------

TEST(Resume, AfterSigtermRunsOnlyWhatIsMissing) {
  TemporaryFolder folder;
  const std::vector<std::string> arguments{
      "run", "--suite", write_suite(folder), "--backend", "reference,openblas", "--quick", "--launches",
      "3",   "--out",   out_of(folder)};
  Running first(arguments);
  while (!first.ended() &&
         (run_folder(out_of(folder)).empty() || read_file(run_folder(out_of(folder)) / "results.csv").size() < 4000))
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  first.signal(SIGTERM);
  const Ran stopped = first.wait();
  EXPECT_EQ(stopped.exit_code, 75) << stopped.err;
  EXPECT_NE(stopped.err.find("--resume"), std::string::npos) << "the way on is shown";
  const auto before = rows_of(out_of(folder));
  EXPECT_LT(before.size(), 2 * small_suite_cases * 3);

  std::vector<std::string> resumed = arguments;
  resumed.push_back("--resume");
  const Ran ran = chipfit(resumed);
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  const auto after = rows_of(out_of(folder));
  expect_each_once(after, 2 * small_suite_cases * 3);
  for (std::size_t i = 0; i < before.size(); ++i)
    EXPECT_EQ(after[i].text(Column::time_median_s), before[i].text(Column::time_median_s))
        << "rows that were there stay";
}

TEST(Resume, AfterFiftyKillsEveryCaseStandsExactlyOnce) {
  std::mt19937 random(20261122);  // moments differ with the machine anyway
  int kills = 0;
  while (kills < 50) {
    TemporaryFolder folder;
    std::vector<std::string> arguments{
        "run", "--suite", write_suite(folder), "--backend", "reference,openblas", "--quick", "--launches",
        "2",   "--out",   out_of(folder)};
    while (true) {
      Running judge(arguments);
      const auto begin = std::chrono::steady_clock::now();
      const auto moment = std::chrono::milliseconds(std::uniform_int_distribution<int>(1, 700)(random));
      while (kills < 50 && !judge.ended() && std::chrono::steady_clock::now() - begin < moment)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      if (kills < 50 && !judge.ended()) {
        judge.signal(SIGKILL);
        ++kills;
        EXPECT_EQ(judge.wait().exit_code, 128 + SIGKILL);
        // Killed before there was a run: nothing to resume.
        const fs::path run = run_folder(out_of(folder));
        const bool resumable = !run.empty() && fs::exists(run / "manifest.json");
        if (resumable && arguments.back() != "--resume") arguments.push_back("--resume");
        if (!resumable) fs::remove_all(out_of(folder));
        continue;
      }
      const Ran ran = judge.wait();
      ASSERT_EQ(ran.exit_code, 0) << ran.err;
      break;
    }
    expect_each_once(rows_of(out_of(folder)), 2 * small_suite_cases * 2);
    EXPECT_EQ(
        std::system(
            fmt::format("cd '{}' && sha256sum --quiet -c SHA256SUMS", run_folder(out_of(folder)).string()).c_str()),
        0);
  }
}

TEST(Resume, RefusesARunOfAnotherPlan) {
  TemporaryFolder folder;
  ASSERT_EQ(
      chipfit({"run", "--case", "gemm:f32:NN:64x64x64", "--backend", "openblas", "--quick", "--out", out_of(folder)})
          .exit_code,
      0);
  const std::string run = run_folder(out_of(folder)).string();
  const Ran other =
      chipfit({"run", "--case", "gemm:f32:NN:65x64x64", "--backend", "openblas", "--quick", "--out", run, "--resume"});
  EXPECT_EQ(other.exit_code, 65) << other.err;
  const Ran none = chipfit({"run", "--case", "gemm:f32:NN:65x64x64", "--backend", "openblas", "--quick", "--out",
                            out_of(folder), "--resume"});
  EXPECT_EQ(none.exit_code, 66) << none.err;
  EXPECT_EQ(rows_of(out_of(folder)).size(), 1u);
}

}  // namespace
}  // namespace chipfit::e2e
