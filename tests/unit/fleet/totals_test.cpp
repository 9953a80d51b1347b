#include "harness/fleet/totals.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "harness/fleet/formats.hpp"
#include "tests/unit/fleet/result_files.hpp"

namespace chipfit::fleet {
namespace {

using namespace testing;
using ::testing::Contains;
using ::testing::HasSubstr;

Scheme scheme(const std::string& text) {
  auto read = parse_scheme(text, "fleet.toml");
  EXPECT_TRUE(read) << read.error().what << " " << read.error().where;
  return std::move(*read);
}

TEST(FleetTotals, AddRatesOfLikeTypesOnly) {
  const auto made = fleet({gemm("a", 1.0e12), gemm("b", 1.5e12), bf16("a", 4e12)});
  ASSERT_EQ(made.totals.size(), 2u);
  EXPECT_EQ(made.totals[0].types, "f32");
  EXPECT_DOUBLE_EQ(made.totals[0].measured_flop_per_s, 2.5e12);
  EXPECT_DOUBLE_EQ(made.totals[0].nominal_flop_per_s, 4e12);
  EXPECT_DOUBLE_EQ(*made.totals[0].efficiency, 2.5 / 4);
  EXPECT_DOUBLE_EQ(made.totals[0].median_flop_per_s, 1.25e12);
  EXPECT_DOUBLE_EQ(made.totals[1].measured_flop_per_s, 4e12);
  EXPECT_TRUE(made.classes.empty());
  EXPECT_FALSE(made.index);
}

TEST(FleetTotals, MeasureEfficiencyOverDevicesThatTellBoth) {
  // b claims no peak: 1 of 2, not 2.5 of 2.
  const auto made = fleet({gemm("a", 1.0e12), gemm("b", 1.5e12, {{Column::peak_flop_per_s, ""}})});
  EXPECT_DOUBLE_EQ(made.totals[0].measured_flop_per_s, 2.5e12);
  EXPECT_DOUBLE_EQ(*made.totals[0].efficiency, 0.5);
  EXPECT_EQ(made.totals[0].without_nominal, 1u);
  EXPECT_THAT(made.notes, Contains(HasSubstr("f32: 1 device without a nominal peak")));
}

TEST(FleetTotals, CoverDevicesThatFailed) {
  const auto made = fleet({gemm("a", 1.0e12), gemm("b", 0, {{Column::verdict, "CRASHED"}})});
  EXPECT_EQ(made.totals[0].measured, 1u);
  EXPECT_EQ(made.totals[0].declared, 2u);
  EXPECT_DOUBLE_EQ(made.totals[0].coverage(), 0.5);
  EXPECT_DOUBLE_EQ(made.totals[0].nominal_flop_per_s, 4e12);
}

TEST(FleetTotals, CountTheDevicesOfTheInventoryThatNobodyMeasured) {
  const auto made = fleet({gemm("a", 1.0e12)}, scheme("[[inventory]]\nchip = \"X*\"\ndevices = 4\n"));
  EXPECT_EQ(made.totals[0].declared, 4u);
  EXPECT_DOUBLE_EQ(made.totals[0].coverage(), 0.25);
  EXPECT_DOUBLE_EQ(made.totals[0].nominal_flop_per_s, 8e12);  // like the one that was measured
  EXPECT_DOUBLE_EQ(*made.totals[0].efficiency, 0.5);          // of that one
}

TEST(FleetTotals, SayWhenTheInventoryDeclaresTooFew) {
  const auto made = fleet({gemm("a", 1e12), gemm("b", 1e12)}, scheme("[[inventory]]\nchip = \"X1\"\ndevices = 1\n"));
  EXPECT_EQ(made.totals[0].declared, 2u);
  EXPECT_THAT(made.notes, Contains(HasSubstr("declares 1 device of 'X1', but the results are about 2")));
}

TEST(FleetTotals, DividePowerOverDevicesThatHaveIt) {
  // (1e12 + 2e12) / (100 + 200 W); c has no power.
  const auto made = fleet(
      {gemm("a", 1e12,
            {{Column::power_mean_w, "100"}, {Column::energy_source, "nvml"}, {Column::energy_grade, "indicative"}}),
       gemm("b", 2e12,
            {{Column::power_mean_w, "200"}, {Column::energy_source, "nvml"}, {Column::energy_grade, "indicative"}}),
       gemm("c", 2e12)});
  EXPECT_EQ(made.totals[0].with_power, 2u);
  EXPECT_DOUBLE_EQ(*made.totals[0].flop_per_joule, 1e10);
  EXPECT_EQ(made.totals[0].energy_sources, std::vector<std::string>{"nvml (indicative)"});
}

TEST(FleetTotals, NameADeviceThatStandsApartFromItsLike) {
  std::vector<Row> rows;
  for (int i = 0; i < 8; ++i) rows.push_back(gemm("a" + std::to_string(i), 1e12 + 1e9 * i));
  rows.push_back(gemm("slow", 0.5e12));
  // Another chip is no outlier of this one.
  rows.push_back(gemm("other", 0.1e12, {{Column::chip, "X2"}}));
  const auto made = fleet(rows);
  ASSERT_EQ(made.totals[0].outliers.size(), 1u);
  const auto& outlier = made.totals[0].outliers[0];
  EXPECT_EQ(made.roster.devices[made.roster.holdings[outlier.holding].device].uid, "slow");
  // Nine rates: median 1.003e12, MAD 2e9.
  EXPECT_DOUBLE_EQ(outlier.median_flop_per_s, 1.003e12);
  EXPECT_NEAR(outlier.score, 0.6745 * -0.503e12 / 2e9, 1e-6);
  EXPECT_EQ(made.roster.devices[made.roster.holdings[*made.totals[0].lowest].device].uid, "other");
}

constexpr const char* converted =
    "[conversion]\nreference = \"f32\"\nbasis = \"one bf16 is half an f32\"\n"
    "[conversion.factors]\nbf16 = 0.5\nf64 = 2\n"
    "[[class]]\nname = \"general\"\nchips = [\"CPU*\"]\ntypes = [\"f32\"]\n"
    "[[class]]\nname = \"intelligent\"\nchips = [\"X*\"]\ntypes = [\"bf16\", \"f32\"]\n"
    "[[class]]\nname = \"super\"\nchips = [\"S*\"]\ntypes = [\"f64\"]\n";

TEST(FleetConversion, AddsClassesWithEachDeviceOnce) {
  const auto made =
      fleet({gemm("cpu", 2e12, {{Column::chip, "CPU 1"}}), gemm("x", 1e12), bf16("x", 6e12), gemm("y", 1.5e12),
             gemm("s", 3e12, {{Column::chip, "S1"}, {Column::case_id, "gemm:f64:NN:1024x1024x1024"}}),
             gemm("z", 7e12, {{Column::chip, "Z1"}})},
            scheme(converted));
  ASSERT_EQ(made.classes.size(), 3u);
  EXPECT_DOUBLE_EQ(made.classes[0].measured_flop_per_s, 2e12);
  // x in bf16: 6e12·0.5, and not its f32 besides; y has f32 only: 1.5e12.
  EXPECT_DOUBLE_EQ(made.classes[1].measured_flop_per_s, 4.5e12);
  EXPECT_DOUBLE_EQ(made.classes[1].nominal_flop_per_s, 8e12 * 0.5 + 2e12);
  EXPECT_DOUBLE_EQ(made.classes[2].measured_flop_per_s, 6e12);
  EXPECT_DOUBLE_EQ(made.converted_measured_flop_per_s, 12.5e12);
  EXPECT_EQ(made.unclassed, 1u);
  EXPECT_THAT(made.notes, Contains(HasSubstr("1 measured device in no class of the scheme")));
}

TEST(FleetIndex, IsTheWeightedShareOfTheTargetsReached) {
  const auto made =
      fleet({gemm("a", 1e12, {{Column::conditions, "NOT_STEADY"}}), gemm("b", 1e12),
             gemm("b", 0, {{Column::verdict, "INCORRECT"}, {Column::time_median_s, ""}, {Column::launch, "2"}})},
            scheme("[[index]]\nindicator = \"scale\"\ntypes = \"f32\"\nweight = 0.4\ntarget = 4e12\n"
                   "[[index]]\nindicator = \"efficiency\"\ntypes = \"f32\"\nweight = 0.2\ntarget = 0.5\n"
                   "[[index]]\nindicator = \"adaptation_coverage\"\nweight = 0.2\ntarget = 1\n"
                   "[[index]]\nindicator = \"stability\"\nweight = 0.1\ntarget = 1\n"
                   "[[index]]\nindicator = \"energy_efficiency\"\ntypes = \"f32\"\nweight = 0.1\ntarget = 1e9\n"));
  // 0.4·2/4 + 0.2·min(1, 0.5/0.5) + 0.2·2/3 + 0.1·1/2 + 0.1·0
  ASSERT_TRUE(made.index);
  EXPECT_DOUBLE_EQ(*made.index, 100 * (0.2 + 0.2 + 0.2 * 2 / 3 + 0.05));
  EXPECT_THAT(made.notes, Contains("the index counts 0 for energy_efficiency of f32: it was not measured"));
  EXPECT_EQ(formula(made),
            "100·(0.4·min(1, 2e+12/4e+12) + 0.2·min(1, 0.5/0.5) + 0.2·min(1, 0.6667/1) + 0.1·min(1, 0.5/1) + "
            "0.1·min(1, 0/1e+09)) = 58.3");
}

TEST(FleetIndex, MayRestOnTheConvertedTotal) {
  auto text = std::string(converted) +
              "[[index]]\nindicator = \"scale\"\ntypes = \"converted\"\nweight = 0.5\ntarget = 1e13\n"
              "[[index]]\nindicator = \"efficiency\"\ntypes = \"converted\"\nweight = 0.5\ntarget = 1\n";
  const auto made = fleet({gemm("x", 1e12), bf16("x", 6e12)}, scheme(text));
  // 3e12 of 1e13, and 3e12 of 4e12.
  EXPECT_DOUBLE_EQ(made.index.value_or(0), 100 * (0.5 * 0.3 + 0.5 * 0.75));
}

TEST(FleetFormats, RepeatTheConversionInJson) {
  const auto json = nlohmann::json::parse(to_json(fleet({gemm("x", 1e12), bf16("x", 6e12)}, scheme(converted))));
  EXPECT_EQ(json["totals"][0]["types"], "f32");
  EXPECT_EQ(json["totals"][0]["measured_flop_per_s"], 1e12);
  EXPECT_EQ(json["converted"]["basis"], "one bf16 is half an f32");
  EXPECT_EQ(json["converted"]["factors"]["bf16"], 0.5);
  EXPECT_EQ(json["converted"]["measured_flop_per_s"], 3e12);
  EXPECT_EQ(json["index"], nullptr);
  EXPECT_EQ(json["nodes"].size(), 2u);
}

TEST(FleetFormats, GiveOneLineOfCsvForEachDeviceAndTypes) {
  const auto text = to_csv(fleet({gemm("b", 1e12), gemm("a,1", 0, {{Column::verdict, "CRASHED"}})}));
  EXPECT_EQ(text,
            "device_uid,vendor,chip,host,class,types,rate_flop_per_s,nominal_flop_per_s,nominal_source,power_w,"
            "energy_source,energy_grade,case_id,backend,run_id,launches,devices_active,provenance\n"
            "\"a,1\",Acme,X1,h1,,f32,,2000000000000,claimed,,,,,,,,,\n"
            "b,Acme,X1,h1,,f32,1000000000000,2000000000000,claimed,,,,gemm:f32:NN:1024x1024x1024,acme,"
            "20261101T000000Z-h1-0001,1,1,self-run\n");
}

}  // namespace
}  // namespace chipfit::fleet
