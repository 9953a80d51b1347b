#include "harness/fleet/roster.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/unit/fleet/result_files.hpp"

namespace chipfit::fleet {
namespace {

using namespace testing;
using ::testing::Contains;
using ::testing::HasSubstr;

double rate(const Result<Roster>& roster, std::size_t holding = 0) {
  EXPECT_TRUE(roster) << roster.error().what;
  return roster->holdings.at(holding).sustained.value_or(Sustained{}).rate_flop_per_s;
}

TEST(Roster, RefusesAMeasuredRowWithoutADevice) {
  const auto read = roster({gemm("", 1e12)});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, Error::Kind::bad_data);
  EXPECT_THAT(read.error().what, HasSubstr("which device"));
}

TEST(Roster, RefusesOneDeviceIdForTwoChips) {
  const auto read = roster({gemm("N/A", 1e12), gemm("N/A", 1e12, {{Column::chip, "X2"}, {Column::launch, "2"}})});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().what, "device N/A is a 'X2' here and was a 'X1' before");
  EXPECT_THAT(read.error().where, HasSubstr("rows.csv:3:"));
}

TEST(Roster, TellsDevicesWithoutSerialNumbersApartByTheirHosts) {
  const auto read = roster({gemm("X1#0", 1e12), gemm("X1#0", 1e12, {{Column::host, "h2"}}), gemm("X1#1", 1e12)});
  ASSERT_TRUE(read) << read.error().what;
  ASSERT_EQ(read->devices.size(), 3u);
  EXPECT_EQ(read->devices[0].uid, "h1/X1#0");
  EXPECT_EQ(read->devices[2].uid, "h2/X1#0");
}

TEST(Roster, RefusesARowThatStoodBeforeWithAnotherResult) {
  const auto read = roster({gemm("a", 1e12), gemm("a", 1.5e12)});
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().what, HasSubstr("stood before with another result"));
}

TEST(Roster, RefusesANumberThatIsNone) {
  const auto read = roster({gemm("a", 1e12, {{Column::peak_flop_per_s, "2 T"}})});
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().what, HasSubstr("peak_flop_per_s"));
}

TEST(Roster, CountsARowOfTwoFilesOnce) {
  const File one({gemm("a", 1e12)}), two({gemm("a", 1e12), gemm("b", 1e12)});
  const auto read = read_roster(std::vector{one.path, two.path}, {});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->devices.size(), 2u);
  EXPECT_EQ(read->rows.repeated, 1u);
  EXPECT_EQ(read->rows.judged, 2u);
}

TEST(Roster, LeavesPublishedRowsOut) {
  const auto read = roster({gemm("a", 1e12), gemm("", 9e12, {{Column::provenance, "published"}})});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->devices.size(), 1u);
  EXPECT_THAT(read->notes, Contains(HasSubstr("1 row are published")));
}

TEST(Roster, DoesNotCountUntrustedAndImplausibleRates) {
  const auto read = roster({gemm("a", 1e12, {{Column::conditions, "QUICK;UNTRUSTED"}}),
                            gemm("b", 9e12, {{Column::conditions, "IMPLAUSIBLE"}})});
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->holdings[0].sustained);
  EXPECT_FALSE(read->holdings[1].sustained);
  EXPECT_EQ(read->rows.untrusted, 2u);
}

TEST(Roster, TakesTheLargestGemmAndNotTheFastest) {
  EXPECT_DOUBLE_EQ(
      rate(roster(
          {gemm("a", 1.8e12),
           gemm("a", 1.5e12, {{Column::case_id, "gemm:f32:NN:2048x2048x2048"}, {Column::work_flop, "17179869184"}}),
           gemm("a", 1.9e12, {{Column::case_id, "gemm:f32:NN:512x512x512"}, {Column::work_flop, "268435456"}})})),
      1.5e12);
}

TEST(Roster, TakesTheMedianOverLaunches) {
  EXPECT_DOUBLE_EQ(rate(roster({gemm("a", 1.0e12), gemm("a", 1.4e12, {{Column::launch, "2"}}),
                                gemm("a", 1.1e12, {{Column::launch, "3"}})})),
                   1.1e12);
}

TEST(Roster, TakesTheNewestRunAndNamesOneThatDisagrees) {
  const auto read = roster({gemm("a", 1.2e12, {{Column::run_id, "20261102T000000Z-h1-0002"}}), gemm("a", 1.0e12)});
  EXPECT_DOUBLE_EQ(rate(read), 1.2e12);
  // 1.0 against 1.2: 17 % less.
  EXPECT_THAT(read->notes, Contains(HasSubstr("run 20261101T000000Z-h1-0001 gave 1.00 TFLOP/s (17 % apart)")));
  const auto alike = roster({gemm("a", 1.03e12, {{Column::run_id, "20261102T000000Z-h1-0002"}}), gemm("a", 1.0e12)});
  EXPECT_TRUE(alike->notes.empty());
}

TEST(Roster, TakesTheRateWithMostDevicesAtWork) {
  EXPECT_DOUBLE_EQ(
      rate(roster({gemm("a", 1.2e12), gemm("a", 1.0e12, {{Column::devices_active, "8"}, {Column::launch, "2"}})})),
      1.0e12);
}

TEST(Roster, TakesTheFastestBackendOfADevice) {
  const auto read = roster({gemm("a", 1.2e12), gemm("a", 1.3e12, {{Column::backend, "other"}})});
  EXPECT_DOUBLE_EQ(rate(read), 1.3e12);
  EXPECT_EQ(read->holdings[0].sustained->backend, "other");
}

TEST(Roster, TakesTheLowerBoundWhereTheRateIsBracketed) {
  EXPECT_DOUBLE_EQ(rate(roster({gemm("a", 0,
                                     {{Column::rate_proven_flop_per_s, ""},
                                      {Column::rate_bracket_low_flop_per_s, "0.9e12"},
                                      {Column::rate_bracket_high_flop_per_s, "1.1e12"}})})),
                   0.9e12);
}

TEST(Roster, DoesNotCountAGemmOfAnotherSuiteUnlessTheSchemeNamesIt) {
  const std::vector<Row> rows{gemm("a", 1e12, {{Column::suite, "ours"}})};
  const auto read = roster(rows);
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->holdings[0].sustained);
  EXPECT_THAT(read->notes, Contains(HasSubstr("chipfit run --suite square")));
  Scheme scheme;
  scheme.suites = {"ours"};
  EXPECT_DOUBLE_EQ(rate(roster(rows, scheme)), 1e12);
}

TEST(Roster, KeepsMathModesApart) {
  const auto read =
      roster({gemm("a", 1e12),
              gemm("a", 5e12, {{Column::case_id, "gemm:f32:NN:1024x1024x1024:tf32"}, {Column::math, "tf32"}})});
  ASSERT_TRUE(read);
  ASSERT_EQ(read->holdings.size(), 2u);
  EXPECT_EQ(read->holdings[0].types, "f32");
  EXPECT_EQ(read->holdings[1].types, "f32:tf32");
}

TEST(Roster, SaysWhenADeviceIdIsOnSeveralHosts) {
  const auto read = roster({gemm("a", 1e12), gemm("a", 1e12, {{Column::host, "h2"}, {Column::launch, "2"}})});
  ASSERT_TRUE(read);
  EXPECT_THAT(read->notes, Contains(HasSubstr("1 device on several hosts under one device_uid (a on h1 and h2)")));
}

TEST(Roster, DoesNotCallATypeThatADeviceRefusesAGap) {
  const auto read = roster({bf16("a", 0, {{Column::verdict, "UNSUPPORTED"}, {Column::peak_flop_per_s, ""}})});
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->holdings.empty());
}

TEST(Roster, PrefersThePeakThatTheSchemeDeclares) {
  Scheme scheme;
  scheme.peaks = {{"X*", "f32", 3e12, "data sheet"}};
  const auto read = roster({gemm("a", 1e12)}, scheme);
  ASSERT_TRUE(read);
  EXPECT_DOUBLE_EQ(read->holdings[0].nominal_flop_per_s, 3e12);
  EXPECT_EQ(read->holdings[0].nominal_source, "data sheet");
}

TEST(Roster, TakesPowerFromTheEnergyWhereNoPowerIsTold) {
  // 0.5 J a problem of 1 ms: 500 W.
  const auto read = roster({gemm("a", 1e12, {{Column::energy_j, "0.5"}, {Column::energy_source, "nvml"}})});
  ASSERT_TRUE(read);
  EXPECT_DOUBLE_EQ(read->holdings[0].sustained->power_w, 500);
}

}  // namespace
}  // namespace chipfit::fleet
