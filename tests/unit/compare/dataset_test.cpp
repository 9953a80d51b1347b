// Input of every sorry kind: a clear message or a correct reading.
#include "harness/compare/dataset.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/compare/result_files.hpp"

namespace chipfit::compare {
namespace {

using results::TemporaryFolder;
using ::testing::HasSubstr;
using namespace testing;

Result<Dataset> load(const std::filesystem::path& file) {
  return Dataset::load({.inputs = {{"x", file}}});
}

Result<Dataset> load_text(const std::string& text) {
  const TemporaryFolder folder;
  put(folder / "r.csv", text);
  return load(folder / "r.csv");
}

std::string error_of(const std::string& text) {
  const auto data = load_text(text);
  if (data) return "read";
  EXPECT_EQ(data.error().kind, Error::Kind::bad_data) << data.error().what;
  EXPECT_FALSE(data.error().hint.empty()) << data.error().what;
  return data.error().where.substr(data.error().where.find("r.csv") + 6) + ": " + data.error().what;
}

const std::string head = "schema,case_id,backend,device_uid,launch,verdict,time_median_s\n";

TEST(Dataset, RefusesWhatItCannotReadWithItsPlace) {
  EXPECT_EQ(error_of(""), "1:1: the file has no header");
  EXPECT_EQ(error_of("a,b\n1,2\n"), "1:1: the header has no column 'schema'");
  EXPECT_EQ(error_of("schema,case_id,backend,device_uid,launch,verdict\n"),
            "1:1: the header has no column 'time_median_s'");
  EXPECT_EQ(error_of(head + "result-v1,c,b,d,1,OK,1\nresult-v2,c,b,d,2,OK,1\n"),
            "3:1: schema 'result-v2' is not result-v1");
  EXPECT_EQ(error_of(head + "result-v1,c,b,d,1,GOOD,1\n"), "2:19: 'GOOD' is not a verdict");
  EXPECT_EQ(error_of(head + "result-v1,c,b,d,one,OK,1\n"), "2:17: 'one' is no whole number (launch)");
  EXPECT_EQ(error_of(head + "result-v1,c,b,d,1,OK,nan\n"), "2:22: 'nan' is no finite number (time_median_s)");
  EXPECT_EQ(error_of(head + "result-v1,c,b,d,1,OK,\n"), "2:22: a row with verdict OK has no time above 0");
  EXPECT_EQ(error_of(head + "result-v1,c,b,d,1,OK,-3\n"), "2:22: a row with verdict OK has no time above 0");
  EXPECT_EQ(error_of(head + "result-v1,c,b,d,1,OK,1,2\n"), "2:24: 8 fields, but the header has 7");
  EXPECT_EQ(error_of(head + "result-v1,caf\xE9,b,d,1,OK,1\n"), "2:14: this is not UTF-8");
  EXPECT_EQ(error_of("schema,case_id,backend,device_uid,launch,verdict,verdict,time_median_s\n"),
            "1:50: column 'verdict' stands here twice");
}

TEST(Dataset, ARowThatStandsTwiceIsNoSecondLaunch) {
  const std::string one = "result-v1,c,b,d,1,OK,1\n";
  EXPECT_EQ(error_of(head + one + "result-v1,e,b,d,1,OK,1\n" + one),
            "4:1: the row of 'c', launch 1, stands twice: in line 2 and here");
  // Another launch, device or run is another row.
  EXPECT_EQ(load_text(head + one + "result-v1,c,b,d,2,OK,1\nresult-v1,c,b,e,1,OK,1\n")->observations().size(), 3u);
  const auto rows = to_text({row("c", 1, 1), row("c", 1, 1, {{Column::run_id, "other"}})});
  EXPECT_EQ(load_text(rows)->observations().size(), 2u);
}

TEST(Dataset, ACutOffFileIsReadToItsLastWholeLineAndSaidSo) {
  const std::string text = to_text({row("c", 1, 1), row("c", 2, 1)});
  const auto data = load_text(text.substr(0, text.size() - 5));
  ASSERT_TRUE(data);
  EXPECT_EQ(data->observations().size(), 1u);
  ASSERT_EQ(data->notes().size(), 1u);
  EXPECT_THAT(data->notes()[0], HasSubstr("cut off"));
  EXPECT_TRUE(load_text(text)->notes().empty());
}

TEST(Dataset, ASpreadsheetsByteOrderMarkAndLineEndsAreRead) {
  const auto data = load_text(
      "\xEF\xBB\xBFschema,case_id,backend,device_uid,launch,verdict,time_median_s\r\n"
      "result-v1,\"a, b\",b,d,1,OK,0.25\r\n");
  ASSERT_TRUE(data) << data.error().what;
  EXPECT_EQ(data->rows()[0], "a, b");
  EXPECT_EQ(data->observations()[0].time_s, 0.25);
}

TEST(Dataset, ColumnsAreFoundByNameInAnyOrder) {
  const auto data = load_text(
      "time_median_s,new_column,verdict,launch,device_uid,backend,chip,case_id,schema\n"
      "0.5,?,OK,3,d,b,V100,c,result-v1\n");
  ASSERT_TRUE(data) << data.error().what;
  EXPECT_EQ(data->observations()[0].time_s, 0.5);
  EXPECT_EQ(data->observations()[0].launch, 3);
  EXPECT_EQ(data->value(0, {Column::chip}), "V100");
  EXPECT_EQ(data->value(0, {Column::host}), "");
  EXPECT_EQ(data->value(0, Key{}), "x");
}

TEST(Dataset, TextsAreKeptOnceAndConditionsNumbered) {
  const auto data = load_text(
      to_text(together({launches("c", 3, 1), launches("c", 3, 1, 0, {{Column::chip, "X2"}}), launches("e", 3, 1)})));
  ASSERT_TRUE(data) << data.error().what;
  EXPECT_EQ(data->conditions_count(), 2u);
  EXPECT_EQ(data->rows().size(), 2u);
  EXPECT_EQ(data->observations()[8].conditions, data->observations()[0].conditions);
}

TEST(Dataset, TheFilterSparesTheBaseline) {
  const TemporaryFolder folder;
  put(folder / "r.csv", to_text({row("c", 1, 1), row("c", 1, 1, {{Column::chip, "X2"}, {Column::op, "gemm"}}),
                                 row("c", 1, 1, {{Column::chip, "X3"}, {Column::op, "conv"}})}));
  LoadRequest request{.inputs = {{"x", folder / "r.csv"}}};
  request.filter = Filter::parse("op:gemm").value();
  EXPECT_EQ(Dataset::load(request)->observations().size(), 1u);
  request.baseline = parse_baseline("chip=X1").value();
  EXPECT_EQ(Dataset::load(request)->observations().size(), 2u);
}

TEST(Dataset, ARateAboveItsPeakIsImplausible) {
  const auto implausible = [](const Cells& cells) {
    return load_text(to_text({row("c", 1, 1, cells)}))->observations()[0].implausible;
  };
  EXPECT_FALSE(implausible({}));
  EXPECT_TRUE(implausible({{Column::conditions, "QUICK;IMPLAUSIBLE"}}));
  EXPECT_TRUE(implausible({{Column::rate_flop_per_s, "1.03e12"}, {Column::peak_flop_per_s, "1e12"}}));
  EXPECT_FALSE(implausible({{Column::rate_flop_per_s, "1.01e12"}, {Column::peak_flop_per_s, "1e12"}}));
}

TEST(FindInput, TakesRunsFilesAndNames) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "run1");
  put(folder / "run1/results.csv", head);
  const std::string run = (folder / "run1").string();
  EXPECT_EQ(find_input(run)->label, "run1");
  EXPECT_EQ(find_input(run + "/")->file, folder / "run1/results.csv");
  EXPECT_EQ(find_input(run + "/results.csv")->label, "run1");
  EXPECT_EQ(find_input("new=" + run)->label, "new");
  EXPECT_EQ(find_input("/nonexistent").error().kind, Error::Kind::missing);
  EXPECT_EQ(find_input(folder.path.string()).error().kind, Error::Kind::usage);
  const auto twice = find_inputs({run, run});
  EXPECT_EQ((*twice)[1].label, "run1#2");
}

TEST(ParseBaseline, IsAKeyAndAValue) {
  EXPECT_EQ(parse_baseline("chip=V100")->pattern, "V100");
  for (const char* bad : {"chip", "chip=", "=V100", "chp=V100"}) EXPECT_FALSE(parse_baseline(bad)) << bad;
}

}  // namespace
}  // namespace chipfit::compare
