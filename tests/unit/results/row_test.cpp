#include "harness/results/row.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "harness/results/run_folder.hpp"
#include "tests/unit/results/temporary_folder.hpp"

namespace chipfit::results {
namespace {

TEST(Row, ACellThatWasNeverSetIsEmpty) {
  const Row row;
  for (const ColumnInfo& column : all_columns()) {
    EXPECT_EQ(row.text(column.id), "");
    EXPECT_EQ(row.real(column.id), std::nullopt);
    EXPECT_EQ(row.integer(column.id), std::nullopt);
  }
}

TEST(Row, NaNAndInfinityAreNotMeasured) {
  Row row;
  row.set(Column::time_median_s, 1.5);
  row.set(Column::time_median_s, std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(row.text(Column::time_median_s), "");
  row.set(Column::time_min_s, -std::numeric_limits<double>::infinity());
  EXPECT_EQ(row.text(Column::time_min_s), "");
}

TEST(Row, ARealIsTheShortestTextThatReadsBack) {
  Row row;
  row.set(Column::time_median_s, 0.1);
  EXPECT_EQ(row.text(Column::time_median_s), "0.1");
  for (const double value : {1.0 / 3, 5e-324, std::numeric_limits<double>::max(), -0.0, 1e16, 123456789.0, 2e-5}) {
    row.set(Column::time_median_s, value);
    EXPECT_EQ(row.real(Column::time_median_s), value) << row.text(Column::time_median_s);
  }
}

TEST(Row, IntegersOfEveryTypeKeepAllDigits) {
  Row row;
  row.set(Column::work_flop, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(row.text(Column::work_flop), "9223372036854775807");
  EXPECT_EQ(row.integer(Column::work_flop), std::numeric_limits<std::int64_t>::max());
  row.set(Column::launch, 7);
  EXPECT_EQ(row.text(Column::launch), "7");
  row.set(Column::launch, std::size_t{8});
  EXPECT_EQ(row.text(Column::launch), "8");
  row.set(Column::repeatable, true);
  EXPECT_EQ(row.text(Column::repeatable), "1");
  row.set(Column::m, std::uint8_t{65});
  EXPECT_EQ(row.text(Column::m), "65");
}

TEST(Row, TextIsNoNumber) {
  Row row;
  row.set(Column::reason, "12 apples");
  EXPECT_EQ(row.real(Column::reason), std::nullopt);
  EXPECT_EQ(row.integer(Column::reason), std::nullopt);
  row.set(Column::m, "1.5");
  EXPECT_EQ(row.integer(Column::m), std::nullopt);
}

TEST(Row, WhatAPluginSaysStaysOneLineOfUtf8) {
  Row row;
  row.set(Column::reason, std::string_view("first\nsecond\r\n\tthird\0\x7f", 22));
  EXPECT_EQ(row.text(Column::reason), "first second   third  ");
  row.set(Column::reason, "bad \xff\xc3 byte, good é 核");
  EXPECT_EQ(row.text(Column::reason), "bad \xEF\xBF\xBD\xEF\xBF\xBD byte, good é 核");
  row.set(Column::reason, "cut off \xe6\xa0");
  EXPECT_EQ(row.text(Column::reason), "cut off \xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(Key, DiffersWhereverOneOfItsPartsDiffers) {
  Row row;
  row.set(Column::case_id, "gemm:f32:NN:1x1x1");
  row.set(Column::backend, "a");
  row.set(Column::device_uid, "b c");
  row.set(Column::launch, 1);
  for (const Column part : {Column::case_id, Column::backend, Column::device_uid, Column::launch}) {
    Row other = row;
    other.set(part, "x");
    EXPECT_NE(key(row), key(other));
  }
  Row same = row;
  same.set(Column::verdict, "OK");
  EXPECT_EQ(key(row), key(same));
  Row shifted = row;  // the same characters, cut elsewhere
  shifted.set(Column::backend, "a\tb");
  shifted.set(Column::device_uid, "c");
  EXPECT_NE(key(row), key(shifted));
}

TEST(Columns, AreThoseOfTheDesignInItsOrder) {
  EXPECT_EQ(header_line(),
            "schema,run_id,timestamp_utc,lab,host,engine,launch,suite,suite_sha256,case_id,op,direction,dtype_a,"
            "dtype_b,dtype_acc,dtype_out,math,layout,m,n,k,batch,trans_a,trans_b,conv_n,conv_c,conv_h,conv_w,conv_k,"
            "conv_r,conv_s,pad_h,pad_w,stride_h,stride_w,dil_h,dil_w,groups,count,application,vendor,chip,device_uid,"
            "device_index,devices_active,backend,backend_version,backend_sha256,algorithm,driver,runtime,threads,fill,"
            "cache_mode,clock_mode,isolation,provenance,verdict,reason,conditions,rounds,rounds_checked,time_median_s,"
            "time_ci_low_s,time_ci_high_s,time_min_s,time_mean_s,time_stddev_s,latency_p50_s,latency_p95_s,"
            "latency_p99_s,prepare_s,work_flop,work_inimage_flop,traffic_byte,rate_flop_per_s,proven_mode,"
            "rate_proven_flop_per_s,rate_bracket_low_flop_per_s,rate_bracket_high_flop_per_s,traffic_byte_per_s,"
            "peak_flop_per_s,peak_source,peak_empirical_flop_per_s,check,grade_e,grade,row_max_over_median,"
            "err_backward,acc_bits_implied,repeatable,power_mean_w,energy_j,energy_source,energy_grade,temp_max_c,"
            "clock_mean_hz,harness_version,plan_sha256");
}

TEST(Columns, SamplesHaveTheirHeader) {
  EXPECT_EQ(samples_header, "run_id,case_id,backend,device_uid,launch,round,problems_per_round,time_s,clock_hz");
  EXPECT_EQ(telemetry_header, "run_id,device_uid,t_s,power_w,temp_c,clock_hz,throttle_reasons");
}

TEST(Columns, AreFoundByName) {
  for (const ColumnInfo& column : all_columns()) {
    EXPECT_EQ(find_column(column.name), column.id);
    EXPECT_EQ(&info(column.id), &column);
  }
  EXPECT_EQ(find_column("time_median"), std::nullopt);
  EXPECT_EQ(find_column(""), std::nullopt);
}

TEST(Columns, NamesEndInTheirUnit) {
  for (const ColumnInfo& column : all_columns()) {
    const std::string_view unit = column.unit;
    const std::string_view ending = unit == "s"        ? "_s"
                                    : unit == "FLOP"   ? "_flop"
                                    : unit == "FLOP/s" ? "_flop_per_s"
                                    : unit == "byte"   ? "_byte"
                                    : unit == "byte/s" ? "_byte_per_s"
                                    : unit == "W"      ? "_w"
                                    : unit == "J"      ? "_j"
                                    : unit == "Hz"     ? "_hz"
                                    : unit == "°C"     ? "_c"
                                                       : "";
    EXPECT_TRUE(column.name.ends_with(ending)) << column.name << " is in " << unit;
  }
}

TEST(Columns, TheDocumentationIsFresh) {
  EXPECT_EQ(content(CHIPFIT_SOURCE_DIR "/docs/result-columns.md"), columns_markdown())
      << "refresh it: cmake -DDOCS=docs/result-columns.md -P harness/results/columns.cmake";
}

TEST(Fits, ChecksTheTypeOfACell) {
  EXPECT_TRUE(fits(ColumnType::integer, ""));
  EXPECT_TRUE(fits(ColumnType::integer, "-9223372036854775808"));
  EXPECT_FALSE(fits(ColumnType::integer, "9223372036854775808"));
  EXPECT_FALSE(fits(ColumnType::integer, "1.0"));
  EXPECT_FALSE(fits(ColumnType::integer, " 1"));
  EXPECT_TRUE(fits(ColumnType::real, "1e-05"));
  EXPECT_FALSE(fits(ColumnType::real, "nan"));
  EXPECT_FALSE(fits(ColumnType::real, "inf"));
  EXPECT_FALSE(fits(ColumnType::real, "1,5"));
  EXPECT_FALSE(fits(ColumnType::real, "1e999"));
  EXPECT_TRUE(fits(ColumnType::time, "2028-02-29T23:59:60Z"));
  EXPECT_FALSE(fits(ColumnType::time, "2026-02-29T00:00:00Z"));
  EXPECT_FALSE(fits(ColumnType::time, "2026-11-22T24:00:00Z"));
  EXPECT_FALSE(fits(ColumnType::time, "2026-11-22 08:47:33"));
  EXPECT_TRUE(fits(ColumnType::text, "anything, \"really\""));
}

}  // namespace
}  // namespace chipfit::results
