#include "harness/report/model.hpp"

#include <gtest/gtest.h>

#include "harness/report/figures.hpp"
#include "harness/report/html.hpp"
#include "harness/report/side_files.hpp"
#include "tests/unit/report/rows.hpp"

namespace chipfit::report {
namespace {

using testing::Column;
using testing::model;
using testing::row;

TEST(Model, NamesTheBackendOnlyWhereAChipHasSeveral) {
  EXPECT_EQ(model({row(), row({{Column::chip, "Y"}, {Column::backend, "c"}})}).subjects[1].label, "Y");
  const auto several = model({row(), row({{Column::backend, "c"}}), row({{Column::chip, "Y"}})});
  ASSERT_EQ(several.subjects.size(), 3u);
  EXPECT_EQ(several.subjects[1].label, "X · c");
}

TEST(Model, TitleNamesThreeChipsThatWereMeasuredAndSaysWhetherThereAreMore) {
  EXPECT_EQ(title_chips(model({row(), row({{Column::backend, "c"}})})).names, std::vector<std::string>{"X"});
  const auto published = [](const char* chip) {
    return row({{Column::chip, chip}, {Column::provenance, "published"}});
  };
  // "T4" is a part of another name and a chip all the same.
  const auto beside = title_chips(model({published("GT40"), row({{Column::chip, "T4"}})}));
  EXPECT_EQ(beside.names, std::vector<std::string>{"T4"});
  EXPECT_TRUE(beside.more);
  const auto all = title_chips(model({published("GT40"), published("T4")}));
  EXPECT_EQ(all.names, (std::vector<std::string>{"GT40", "T4"}));
  EXPECT_FALSE(all.more);
  const auto many = title_chips(model({published("A"), published("B"), published("C"), published("D")}));
  EXPECT_EQ(many.names, (std::vector<std::string>{"A", "B", "C"}));
  EXPECT_TRUE(many.more);
}

TEST(Model, NamesTypesWithTheMathThatComputesThem) {
  EXPECT_EQ(types_of(row()), "f32");
  EXPECT_EQ(types_of(row({{Column::case_id, "gemm:f32:NN:8x8x8:tf32"}, {Column::math, "tf32"}})), "f32:tf32");
  EXPECT_TRUE(types_before("f64", "f32"));
  EXPECT_TRUE(types_before("bf16", "bf16-f32-f32"));
  EXPECT_TRUE(types_before("bf16-f32-f32", "i8"));
}

TEST(Model, KeepsTokenCountsOfAModelApart) {
  EXPECT_EQ(model_column(row({{Column::suite, "llama3_70b"}, {Column::application, "gate_up_m16"}})),
            "llama3_70b M=16");
  EXPECT_EQ(model_column(row({{Column::suite, "unet"}, {Column::application, "down_mid"}})), "unet");
}

TEST(MedianRow, IsTheLowerOfTwoAndOnlyOfRatedRows) {
  const auto m = model({row({{Column::rate_flop_per_s, "3"}}), row({{Column::rate_flop_per_s, "1"}}),
                        row({{Column::rate_flop_per_s, ""}}), row({{Column::rate_flop_per_s, "2"}}),
                        row({{Column::rate_flop_per_s, "4"}})});
  EXPECT_EQ(median_row(m, all_rows(m)), 3u);
  EXPECT_EQ(best_row(m, all_rows(m)), 4u);
  EXPECT_EQ(median_row(m, {2}), std::nullopt);
}

TEST(Weighted, CountsALayerAsOftenAsItStandsInItsModel) {
  // 3 × 1000 FLOP in 3 × 1 µs and 500 FLOP in 2 µs pass, 1500 FLOP fail: share 3500/5000, rate 3500 FLOP / 5 µs.
  const auto m = model(
      {row({{Column::count, "3"}}),
       row({{Column::case_id, "gemm:f32:NN:8x8x4"}, {Column::work_flop, "500"}, {Column::time_median_s, "2e-06"}}),
       row({{Column::case_id, "gemm:f32:NN:8x8x9"},
            {Column::work_flop, "1500"},
            {Column::verdict, "CRASHED"},
            {Column::rate_flop_per_s, ""}})});
  const auto sum = weighted(m, all_rows(m));
  EXPECT_DOUBLE_EQ(sum.share, 0.7);
  EXPECT_DOUBLE_EQ(*sum.rate_flop_per_s, 7e8);
}

TEST(Weighted, DoesNotPassACaseThatFailedInOneLaunch) {
  const auto m =
      model({row(), row({{Column::launch, "2"}, {Column::verdict, "INCORRECT"}, {Column::rate_flop_per_s, ""}})});
  EXPECT_EQ(weighted(m, all_rows(m)).share, 0);
}

TEST(Reproduction, QuotesWhatAShellWouldRead) {
  EXPECT_EQ(reproduction_line(row()), "chipfit run --case gemm:f32:NN:8x8x8 --backend b --devices 0");
  EXPECT_EQ(reproduction_line(row({{Column::backend, "a'; rm -rf /"}})),
            "chipfit run --case gemm:f32:NN:8x8x8 --backend 'a'\\''; rm -rf /' --devices 0");
  EXPECT_EQ(reproduction_line(row({{Column::provenance, "published"}})), "");
}

TEST(Quantile, LiesBetweenNeighbours) {
  EXPECT_DOUBLE_EQ(quantile({1, 2, 3, 4}, 0.5), 2.5);
  EXPECT_DOUBLE_EQ(quantile({1, 2, 3, 4}, 0), 1);
  EXPECT_DOUBLE_EQ(quantile({1, 2, 3, 4}, 1), 4);
  EXPECT_DOUBLE_EQ(quantile({7}, 0.95), 7);
}

TEST(Filter, EncodesWhatWouldEndAPart) {
  EXPECT_EQ(Filter().where("chip", "A&B=C|D:E").where("op", "gemm").text(), "chip=A%26B%3DC%7CD%3AE&op=gemm");
}

TEST(Part, IsNeverRoundedUpToAll) {
  EXPECT_EQ(part(9999, 10000, Filter(), Filter()).text, "> 99 %");
  EXPECT_EQ(part(10000, 10000, Filter(), Filter()).text, "100 %");
}

TEST(Html, EscapesWhatAFileSays) {
  EXPECT_EQ(name_html("<script>alert('x')</script>&\""),
            "<bdi translate=\"no\">&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;</bdi>");
}

TEST(Html, LeadsFromANumberToItsRow) {
  const auto m = model({row()});
  const auto html = to_html(cell(m, 0, Column::rate_flop_per_s));
  EXPECT_EQ(html,
            "<a class=\"row\" href=\"#r0\"><data class=\"nowrap\" value=\"1e+09\" "
            "data-from=\"cell:0:rate_flop_per_s\">1.00 GFLOP/s</data></a>");
}

TEST(Html, ShowsAMessageThatIsMissing) {
  const Messages none;
  EXPECT_EQ(Writer(none, Language::both).say("no.such"), "⟦no.such⟧");
}

}  // namespace
}  // namespace chipfit::report
