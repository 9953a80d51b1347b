#include "harness/cli/planning.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>

#include "kernels/problem/case_id.hpp"

namespace chipfit::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string bench_name(const std::string& id, const plan::PlannedDevice& device) {
  return id + "/" + device.backend + "/" + std::to_string(device.device_index) + "/iterations:1/manual_time";
}

class Planning : public ::testing::Test {
 protected:
  Planning() {
    std::string name = (fs::temp_directory_path() / "chipfit-cli-XXXXXX").string();
    folder = mkdtemp(name.data());
    add("openblas", true);
    add("reference", true);
    add("simulated", false);
    catalog.rejected.push_back({"cuda", folder, Error{Error::Kind::unavailable, "no driver", "", "install one"}});
  }
  ~Planning() override { fs::remove_all(folder); }

  void add(const std::string& name, bool in_default_runs) {
    plan::BackendManifest manifest;
    manifest.name = name;
    manifest.library = folder / (name + ".so");
    manifest.in_default_runs = in_default_runs;
    manifest.options = "threads=1";
    std::ofstream(manifest.library) << name;
    catalog.usable.push_back(manifest);
  }
  Result<PlannedRun> make(const Selection& selection) {
    return make_plan(
        selection, catalog,
        [&](const plan::BackendManifest& manifest, const std::string&) -> Result<std::uint32_t> {
          const auto found = device_counts.find(manifest.name);
          if (found == device_counts.end()) return 1u;
          if (found->second < 0) return fail(Error::Kind::unavailable, manifest.name + " died");
          return static_cast<std::uint32_t>(found->second);
        },
        bench_name);
  }
  static Selection one_case(const std::string& id = "gemm:f32:NN:8x8x8") {
    Selection selection;
    selection.cases = {id};
    return selection;
  }

  fs::path folder;
  plan::Catalog catalog;
  std::map<std::string, int> device_counts;
};

std::vector<std::string> backends_of(const PlannedRun& run) {
  std::vector<std::string> names;
  for (const auto& device : run.plan.devices) names.push_back(device.backend + std::to_string(device.device_index));
  return names;
}

TEST_F(Planning, UnknownSuitesBackendsAndCasesAreUsageErrors) {
  Selection selection;
  selection.suites = {"quik"};
  const auto suite = make(selection);
  ASSERT_FALSE(suite);
  EXPECT_EQ(suite.error().kind, Error::Kind::usage);
  EXPECT_THAT(suite.error().hint, HasSubstr("quick"));

  selection = one_case();
  selection.backends = {"opnblas"};
  const auto backend = make(selection);
  ASSERT_FALSE(backend);
  EXPECT_EQ(backend.error().kind, Error::Kind::usage);
  EXPECT_THAT(backend.error().hint, HasSubstr("did you mean 'openblas'?"));

  const auto id = make(one_case("gemm:f33:NN:8x8x8"));
  ASSERT_FALSE(id);
  EXPECT_EQ(id.error().kind, Error::Kind::usage);
  EXPECT_THAT(id.error().where, HasSubstr("--case 'gemm:f33:NN:8x8x8'"));
}

TEST_F(Planning, MathForTypesWithoutModesIsAUsageError) {
  Selection selection;
  selection.suites = {"first_layer"};
  selection.overrides.maths = {Math::tf32};
  ASSERT_TRUE(make(selection));
  selection.overrides.dtypes = {default_combo(Dtype::bf16).value()};
  const auto refused = make(selection);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Error::Kind::usage);
  EXPECT_THAT(refused.error().hint, HasSubstr("add f32 to --dtype"));
}

TEST_F(Planning, ADefaultRunTakesWhatIsMeantForItAndNotesTheRest) {
  device_counts = {{"openblas", -1}, {"reference", 2}};
  const auto run = make(one_case());
  ASSERT_TRUE(run) << run.error().what;
  EXPECT_THAT(backends_of(*run), ElementsAre("reference0", "reference1"));
  EXPECT_THAT(run->unavailable, SizeIs(0));
  ASSERT_THAT(run->notes, SizeIs(2));
  EXPECT_THAT(run->notes[0], HasSubstr("'cuda' is not used: no driver; install one"));
  EXPECT_THAT(run->notes[1], HasSubstr("openblas died"));
}

TEST_F(Planning, ANamedBackendThatFailsIsAnErrorAndTheOthersGoOn) {
  auto selection = one_case();
  selection.backends = {"cuda", "simulated"};
  const auto run = make(selection);
  ASSERT_TRUE(run);
  EXPECT_THAT(backends_of(*run), ElementsAre("simulated0"));
  ASSERT_THAT(run->unavailable, SizeIs(1));
  EXPECT_EQ(run->unavailable[0].what, "no driver");
}

TEST_F(Planning, NoUsableBackendIsUnavailableWithItsReason) {
  auto selection = one_case();
  selection.backends = {"cuda"};
  const auto named = make(selection);
  ASSERT_FALSE(named);
  EXPECT_EQ(named.error().kind, Error::Kind::unavailable);
  EXPECT_EQ(named.error().what, "no driver");
  EXPECT_EQ(named.error().hint, "install one");

  device_counts = {{"openblas", -1}, {"reference", 0}};
  const auto unnamed = make(one_case());
  ASSERT_FALSE(unnamed);
  EXPECT_EQ(unnamed.error().kind, Error::Kind::unavailable);
  EXPECT_THAT(unnamed.error().hint, HasSubstr("reference"));
}

TEST_F(Planning, DevicesAreChosenByNumber) {
  device_counts = {{"reference", 4}};
  auto selection = one_case();
  selection.backends = {"reference"};
  selection.devices = {2, 0};
  const auto run = make(selection);
  ASSERT_TRUE(run);
  EXPECT_THAT(backends_of(*run), ElementsAre("reference2", "reference0"));
  selection.devices = {4};
  const auto beyond = make(selection);
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().kind, Error::Kind::unavailable);
  EXPECT_THAT(beyond.error().what, HasSubstr("has 4 devices, there is no device 4"));
}

TEST_F(Planning, ABackendNamedTwiceIsPlannedOnce) {
  auto selection = one_case();
  selection.backends = {"reference", "reference"};
  const auto run = make(selection);
  ASSERT_TRUE(run);
  EXPECT_THAT(backends_of(*run), ElementsAre("reference0"));
}

TEST_F(Planning, TheIsolationThatWasAskedForStandsInThePlanAndInTheRowsCommand) {
  auto selection = one_case();
  EXPECT_EQ(make(selection)->plan.isolation, "auto");
  selection.isolation = "L1";
  const auto run = make(selection);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->plan.isolation, "L1");
  const auto words = row_command(*run, run->plan.cases[0], run->plan.devices[0]);
  EXPECT_THAT(words, testing::IsSupersetOf({std::string("--isolation"), std::string("L1")}));
}

TEST_F(Planning, TheSettingsStandInThePlan) {
  auto selection = one_case();
  selection.launches = 3;
  selection.time_s = 2;
  selection.ci_relative = 0.01;
  selection.options = {"threads=2", "x=y"};
  selection.in_process = true;
  const auto run = make(selection);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->plan.launches, 3);
  EXPECT_EQ(run->plan.mode, "standard");
  EXPECT_EQ(run->plan.isolation, "in-process");
  EXPECT_EQ(run->plan.time_s, 2);
  EXPECT_EQ(run->plan.ci_relative, 0.01);
  EXPECT_EQ(run->plan.devices[0].options, "threads=2 x=y");
  EXPECT_THAT(run->plan.devices[0].library_sha256, SizeIs(64));
  EXPECT_EQ(size_text(run->plan), "1 case × 2 devices × 3 launches = 6 rows");
}

TEST(IsQuick, TheSuiteQuickImpliesIt) {
  Selection selection;
  selection.suites = {"quick"};
  EXPECT_TRUE(is_quick(selection));
  selection.suites = {"quick", "square"};
  EXPECT_FALSE(is_quick(selection));
  selection.suites = {};
  selection.cases = {"gemm:f32:NN:8x8x8"};
  EXPECT_FALSE(is_quick(selection));
  selection.quick = true;
  EXPECT_TRUE(is_quick(selection));
}

TEST(MergedOptions, TheCommandLineWins) {
  EXPECT_EQ(merged_options("", {}), "");
  EXPECT_EQ(merged_options(" a=1  b=2 ", {"b=3", "c=4"}), "a=1 b=3 c=4");
}

TEST_F(Planning, ACommandRepeatsOneRow) {
  auto selection = one_case();
  selection.backends = {"reference"};
  selection.quick = true;
  selection.launches = 2;
  selection.time_s = 0.5;
  selection.ci_relative = 0.02;
  const auto run = make(selection);
  ASSERT_TRUE(run);
  EXPECT_THAT(row_command(*run, run->plan.cases[0], run->plan.devices[0]),
              ElementsAre("chipfit", "run", "--case", "gemm:f32:NN:8x8x8", "--backend", "reference", "--devices", "0",
                          "--launches", "2", "--quick", "--time", "0.5", "--ci", "2", "--option", "threads=1"));
}

TEST_F(Planning, AFrozenPlanRunsOnlyWithItsLibraries) {
  auto selection = one_case();
  selection.backends = {"reference"};
  const auto run = make(selection);
  ASSERT_TRUE(run);
  Selection frozen;
  frozen.plan_file = folder / "plan.json";
  std::ofstream(frozen.plan_file) << plan::plan_text(run->plan);
  const auto again = make(frozen);
  ASSERT_TRUE(again) << again.error().what;
  EXPECT_EQ(plan::plan_sha256(again->plan), plan::plan_sha256(run->plan));
  std::ofstream(folder / "reference.so") << "another";
  const auto changed = make(frozen);
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().kind, Error::Kind::bad_data);
  EXPECT_THAT(changed.error().what, HasSubstr("not the library this plan was made for"));
}

class Filter : public ::testing::Test {
 protected:
  Filter() {
    for (const auto* id : {"gemm:f32:NN:8x8x8", "gemm:f64:NN:8x8x8", "conv_fwd:f32:nchw:n1c1h8w8:k1r3s3"}) {
      plan.cases.push_back({id, *parse_case_id(id), "", "", 1, "", ""});
    }
    plan.devices = {{"a", "", 0, ""}, {"b", "", 0, ""}};
  }
  std::string left(const std::string& filter) {
    auto copy = plan;
    const auto applied = apply_filter(copy, filter, bench_name);
    if (!applied) {
      EXPECT_EQ(applied.error().kind, Error::Kind::usage);
      return applied.error().what;
    }
    std::string text;
    for (const auto& planned : copy.cases) text += planned.case_id.substr(0, 8) + " ";
    for (const auto& device : copy.devices) text += device.backend;
    return text;
  }
  plan::Plan plan;
};

TEST_F(Filter, SelectsByNameAsGoogleBenchmarkDoes) {
  EXPECT_EQ(left(""), "gemm:f32 gemm:f64 conv_fwd ab");
  EXPECT_EQ(left("all"), "gemm:f32 gemm:f64 conv_fwd ab");
  EXPECT_EQ(left("gemm"), "gemm:f32 gemm:f64 ab");
  EXPECT_EQ(left("^gemm:(f64|f16)"), "gemm:f64 ab");
  EXPECT_EQ(left("-gemm"), "conv_fwd ab");
  EXPECT_EQ(left("/b/0/"), "gemm:f32 gemm:f64 conv_fwd b");
  EXPECT_EQ(left("gemm.*/a/"), "gemm:f32 gemm:f64 a");
  EXPECT_EQ(left("manual_time$"), "gemm:f32 gemm:f64 conv_fwd ab");
}

TEST_F(Filter, SaysWhyItCannotSelect) {
  EXPECT_THAT(left("gemm("), HasSubstr("no regular expression"));
  EXPECT_THAT(left("hydro"), HasSubstr("nothing matches"));
  EXPECT_THAT(left("gemm.*/a/|conv.*/b/"), HasSubstr("a plan runs every case on every device"));
}

}  // namespace
}  // namespace chipfit::cli
