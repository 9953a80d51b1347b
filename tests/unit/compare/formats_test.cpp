#include "harness/compare/formats.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/compare/machine_profile.hpp"
#include "harness/compare/samples.hpp"
#include "kernels/base/csv.hpp"
#include "tests/unit/compare/result_files.hpp"

namespace chipfit::compare {
namespace {

using results::TemporaryFolder;
using ::testing::HasSubstr;
using namespace testing;

Report sample_report() {
  const TemporaryFolder folder;
  put(folder / "a.csv", to_text(together({launches("x|y", 5, 1), launches("gone, \"too\"", 3, 1)})));
  put(folder / "b.csv", to_text(launches("x|y", 5, 1.1, 1)));
  return make_report(Dataset::load({.inputs = {{"old", folder / "a.csv"}, {"new", folder / "b.csv"}}}).value(), {})
      .value();
}

TEST(Formats, JsonHoldsNumbersAndNullsAndCounts) {
  const auto value = nlohmann::json::parse(to_json(sample_report()));
  EXPECT_EQ(value["schema"], "comparison-v1");
  EXPECT_EQ(value["counts"]["SLOWER"], 1);
  EXPECT_EQ(value["counts"]["ONLY_IN_A"], 1);
  const auto& cases = value["tables"][0]["cases"];
  EXPECT_NEAR(cases[0]["ratio"].get<double>(), 1.1, 0.01);
  EXPECT_EQ(cases[0]["test"], "moderated t");
  EXPECT_TRUE(cases[1]["ratio"].is_null());
  EXPECT_TRUE(cases[1]["p"].is_null());
  EXPECT_TRUE(cases[1]["verdict_b"].is_null());
  EXPECT_EQ(value["tables"][0]["sides"][1]["geomean"]["cases"], 1);
}

TEST(Formats, CsvIsReadBackByTheOneReader) {
  const std::string text = to_csv(sample_report());
  csv::Reader reader("x", text);
  csv::Record record;
  std::vector<std::vector<std::string>> rows;
  while (reader.next(record).value()) rows.push_back(record.fields);
  ASSERT_EQ(rows.size(), 3u);
  for (const auto& row : rows) EXPECT_EQ(row.size(), rows[0].size());
  EXPECT_EQ(rows[1][1], "x|y");
  EXPECT_EQ(rows[1][4], "SLOWER");
  EXPECT_EQ(rows[2][1], "gone, \"too\"");
  EXPECT_EQ(rows[2][6], "");
}

TEST(Formats, MarkdownKeepsItsColumnsWhateverTheNames) {
  const std::string text = to_markdown(sample_report());
  EXPECT_THAT(text, HasSubstr("| x\\|y |"));
  EXPECT_THAT(text, HasSubstr("| geomean of 1 cases |"));
}

TEST(RatioText, HasThreeDecimalsWhereRatiosAreReadable) {
  EXPECT_EQ(ratio_text(1.0344), "1.034");
  EXPECT_EQ(ratio_text(123.4), "123");
  EXPECT_EQ(ratio_text(0.00123), "0.00123");
  EXPECT_EQ(ratio_text(0), "");
}

TEST(MachineProfile, KeepsOneEntryForEachMachineAndBackend) {
  const TemporaryFolder folder;
  EXPECT_TRUE(load_profile(folder / "none").value().empty());
  ProfileEntry entry{"lab1", "openblas", "EPYC", 0.013, 20, 10, 0, "2026-11-22T08:47:33Z", "2027-02-20T08:47:33Z"};
  ASSERT_TRUE(store_in_profile(folder / "state", entry));
  auto other = entry;
  other.backend = "native";
  ASSERT_TRUE(store_in_profile(folder / "state", other));
  entry.delta = 0.021;
  ASSERT_TRUE(store_in_profile(folder / "state", entry));
  const auto read = load_profile(folder / "state").value();
  EXPECT_EQ(read, (std::vector{other, entry}));
}

TEST(MachineProfile, AFileThatIsNoneSaysSo) {
  const TemporaryFolder folder;
  for (const char* text : {"", "[]", "{\"entries\":[{}]}", "{\"entries\":3"}) {
    put(folder / "machine-profile.json", text);
    const auto read = load_profile(folder.path);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().kind, Error::Kind::bad_data);
  }
}

TEST(DaysAfter, CrossesMonthsAndYears) {
  EXPECT_EQ(days_after("2026-11-22T08:47:33Z", 90), "2027-02-20T08:47:33Z");
  EXPECT_EQ(days_after("2028-02-28T00:00:00Z", 1), "2028-02-29T00:00:00Z");
  EXPECT_EQ(days_after("soon", 1), "soon");
}

TEST(Samples, AreFoundByLaunchAndMayBeMissing) {
  const TemporaryFolder folder;
  const std::vector<WantedLaunch> wanted{{"run", "c", "acme", "X1#0", "1"}, {"run", "c", "acme", "X1#0", "2"}};
  EXPECT_TRUE(read_samples(folder / "results.csv", wanted).value()[0].empty());
  const std::string head = "run_id,case_id,backend,device_uid,launch,round,problems_per_round,time_s,clock_hz\n";
  put(folder / "samples.csv",
      head +
          "run,c,acme,X1#0,2,0,1,0.5,\nrun,e,acme,X1#0,2,0,1,9,\nrun,c,acme,X1#0,2,1,1,0.25,\nrun,c,acme,X1#0,1,0,1,7");
  const auto rounds = read_samples(folder / "results.csv", wanted);
  ASSERT_TRUE(rounds) << rounds.error().what;
  EXPECT_TRUE((*rounds)[0].empty());  // its line is cut off
  EXPECT_EQ((*rounds)[1], (std::vector{0.5, 0.25}));
  put(folder / "samples.csv", head + "run,c,acme,X1#0,2,0,1,none,\n");
  EXPECT_FALSE(read_samples(folder / "results.csv", wanted));
  put(folder / "samples.csv", "run_id,case_id\n");
  EXPECT_FALSE(read_samples(folder / "results.csv", wanted));
}

}  // namespace
}  // namespace chipfit::compare
