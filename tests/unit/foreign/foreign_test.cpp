#include "harness/foreign/foreign.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/foreign/collect.hpp"

namespace chipfit::foreign {
namespace {

using results::Column;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string gemm_head =
    "vendor,chip,dtype_in,dtype_multiply,dtype_acc,m,n,k,trans_a,trans_b,time_ms,tflops_as_published,source_file\n";
const std::string conv_head =
    "vendor,chip,dtype_in,dtype_multiply,dtype_acc,n,c,h,w,k,r,s,pad_h,pad_w,stride_h,stride_w,fwd_ms,bwd_data_ms,"
    "bwd_weights_ms,p_as_published,q_as_published,fwd_tflops_as_published,bwd_data_tflops_as_published,"
    "bwd_weights_tflops_as_published,fwd_algorithm,source_file\n";

TEST(DeepBench, ExchangesTheSidesOfColumnMajorProducts) {
  const auto imported = import_deepbench("g.csv",
                                         gemm_head +
                                             "NVIDIA,T4,f32,f32,f32,1760,16,1760,N,N,0.5,0.198,a.xlsx\n"
                                             "NVIDIA,T4,f32,f32,f32,35,8457,2560,T,N,2,0.7577,a.xlsx\n",
                                         {});
  ASSERT_TRUE(imported) << imported.error().what;
  const auto& row = imported->rows[0];
  EXPECT_EQ(row.text(Column::case_id), "gemm:f32:NN:16x1760x1760");
  EXPECT_EQ(imported->rows[1].text(Column::case_id), "gemm:f32:NT:8457x35x2560");
  EXPECT_EQ(row.real(Column::time_median_s), 0.0005);
  EXPECT_EQ(row.real(Column::rate_flop_per_s), 2.0 * 16 * 1760 * 1760 / 0.0005);
  EXPECT_EQ(row.text(Column::provenance), "published");
  EXPECT_EQ(row.text(Column::check), "none");
  EXPECT_EQ(row.text(Column::verdict), "UNCHECKED");
  EXPECT_EQ(row.text(Column::clock_mode), "");
  EXPECT_EQ(row.text(Column::reason), "DeepBench a.xlsx");
  EXPECT_TRUE(imported->notes.empty());
}

TEST(DeepBench, RepeatsAreLaunchesAndChipsAreNot) {
  const std::string rest = ",f32,f32,f32,16,16,16,N,N,1,1,a.xlsx\n";
  const auto imported =
      import_deepbench("g.csv", gemm_head + "NVIDIA,T4" + rest + "NVIDIA,T4" + rest + "AMD,MI25" + rest, {});
  EXPECT_EQ(imported->rows[0].integer(Column::launch), 1);
  EXPECT_EQ(imported->rows[1].integer(Column::launch), 2);
  EXPECT_EQ(imported->rows[2].integer(Column::launch), 1);
}

TEST(DeepBench, NamesGflopsUnderTheNameOfTflops) {
  const auto imported =
      import_deepbench("g.csv", gemm_head + "Apple,A8,i8,i32,i32,3072,1,1024,N,N,1.32,4.766,a.xlsx\n", {});
  ASSERT_EQ(imported->notes.size(), 1u);
  EXPECT_EQ(imported->notes[0], "g.csv:2: published as 4.766 TFLOPS, which is GFLOPS");
}

TEST(DeepBench, AConvolutionGivesARowForEachDirectionThatHasATime) {
  const auto imported = import_deepbench(
      "c.csv",
      conv_head +
          "AMD,MI25,f32,f32,f32,4,1,161,700,32,5,20,0,0,2,2,0.208,,0.274,78.5,340.5,1,1,1,Direct,a.xlsx\n"
          "AMD,MI25,f32,f32,f32,8,64,54,108,64,3,3,1,1,1,1,1,,,108,54,1,1,1,Direct,a.xlsx\n",
      {});
  ASSERT_TRUE(imported) << imported.error().what;
  ASSERT_EQ(imported->rows.size(), 3u);
  EXPECT_EQ(imported->rows[0].text(Column::case_id), "conv_fwd:f32:nchw:n4c1h161w700:k32r5s20:s2x2");
  EXPECT_EQ(imported->rows[0].text(Column::algorithm), "Direct");
  EXPECT_EQ(imported->rows[1].text(Column::case_id), "conv_bwd_weights:f32:nchw:n4c1h161w700:k32r5s20:s2x2");
  EXPECT_EQ(imported->rows[1].text(Column::algorithm), "");
  EXPECT_THAT(imported->notes,
              ElementsAre("c.csv:2: published with P 78.5 and Q 340.5, the shape gives 79 and 341 (not "
                          "whole numbers)",
                          "c.csv:3: published with P 108 and Q 54, the shape gives 54 and 108 (exchanged)"));
}

TEST(DeepBench, ATimeThatWasNotPublishedIsNotedAndLeftOut) {
  const auto imported = import_deepbench(
      "c.csv", conv_head + "AMD,MI25,f32,f32,f32,8,64,54,54,64,3,3,1,1,1,1,1,N/A*,2,54,54,1,1,1,Direct,a.xlsx\n", {});
  ASSERT_TRUE(imported) << imported.error().what;
  EXPECT_EQ(imported->rows.size(), 2u);
  EXPECT_THAT(imported->notes, ElementsAre("c.csv:2: no time was published (bwd_data_ms: N/A*)"));
}

TEST(DeepBench, SaysWhereAFileIsWrong) {
  const auto where = [](const std::string& text) {
    const auto imported = import_deepbench("g.csv", text, {});
    return imported ? "imported" : imported.error().where;
  };
  EXPECT_EQ(where(""), "g.csv");
  EXPECT_EQ(where("a,b\n1,2\n"), "g.csv:1:1");
  EXPECT_EQ(where(gemm_head + "NVIDIA,T4,f33,f32,f32,1,1,1,N,N,1,1,a\n"), "g.csv:2:11");
  EXPECT_EQ(where(gemm_head + "NVIDIA,T4,f32,f32,f32,x,1,1,N,N,1,1,a\n"), "g.csv:2:23");
  EXPECT_EQ(where(gemm_head + "NVIDIA,T4,f32,f32,f32,0,1,1,N,N,1,1,a\n"), "g.csv:2:23");
  EXPECT_EQ(where(gemm_head + "NVIDIA,T4,f32,f32,f32,1,1,1,N,N,0,1,a\n"), "g.csv:2:33");
  EXPECT_EQ(where(gemm_head + "NVIDIA,T4\n"), "g.csv:2:1");
}

TEST(GoogleBenchmark, TakesCaseIdsFromNamesAndLeavesAggregatesOut) {
  const std::string text = R"({"context": {"host_name": "lab1"}, "benchmarks": [
    {"name": "gemm:f32:NN:8x8x8/openblas/0/manual_time", "run_type": "iteration", "real_time": 2.5, "time_unit": "us", "label": "sgemm"},
    {"name": "gemm:f32:NN:8x8x8/openblas/0/manual_time", "run_type": "iteration", "real_time": 3, "time_unit": "us"},
    {"name": "gemm:f32:NN:8x8x8/openblas/0/manual_time_mean", "run_type": "aggregate", "real_time": 2.75, "time_unit": "us"},
    {"name": "BM_other/8", "run_type": "iteration", "real_time": 1, "time_unit": "ns"},
    {"name": "gemm:f32:NN:9x9x9", "error_occurred": true, "error_message": "no"}]})";
  Facts facts;
  facts.backend = "openblas";
  const auto imported = import_google_benchmark("b.json", text, facts);
  ASSERT_TRUE(imported) << imported.error().what;
  ASSERT_EQ(imported->rows.size(), 2u);
  EXPECT_DOUBLE_EQ(imported->rows[0].real(Column::time_median_s).value_or(0), 2.5e-6);
  EXPECT_EQ(imported->rows[1].integer(Column::launch), 2);
  EXPECT_EQ(imported->rows[0].text(Column::host), "lab1");
  EXPECT_EQ(imported->rows[0].text(Column::backend), "openblas");
  EXPECT_EQ(imported->rows[0].text(Column::algorithm), "sgemm");
  EXPECT_EQ(imported->notes.size(), 2u);
}

TEST(GoogleBenchmark, PatternsSayWhatForeignNamesStandFor) {
  const std::string text =
      R"({"benchmarks": [{"name": "BM_sgemm/16/32/64/real_time", "real_time": 1, "time_unit": "ms"}]})";
  Facts facts;
  EXPECT_FALSE(import_google_benchmark("b.json", text, facts));
  facts.name_pattern = "BM_sgemm/{m}/{n}/{k}";
  facts.case_pattern = "gemm:f32:NN:{m}x{n}x{k}";
  EXPECT_EQ(import_google_benchmark("b.json", text, facts)->rows[0].text(Column::case_id), "gemm:f32:NN:16x32x64");
  facts.case_pattern = "gemm:f32:NN:{m}x{n}x{j}";
  EXPECT_THAT(import_google_benchmark("b.json", text, facts).error().what, HasSubstr("{j} has no value"));
  facts.case_pattern = "gemm:f32:{m}x{n}x{k}";
  EXPECT_THAT(import_google_benchmark("b.json", text, facts).error().what, HasSubstr("no case id"));
}

TEST(GoogleBenchmark, WhatIsNoneSaysSo) {
  for (const char* text :
       {"", "[]", "{\"benchmarks\": 3}", "{\"benchmarks\": [3]}", "{\"benchmarks\": []}",
        "{\"benchmarks\": [{\"name\": \"gemm:f32:NN:8x8x8\", \"real_time\": 0}]}",
        "{\"benchmarks\": [{\"name\": \"gemm:f32:NN:8x8x8\", \"real_time\": 1, \"time_unit\": \"h\"}]}"}) {
    const auto imported = import_google_benchmark("b.json", text, {});
    ASSERT_FALSE(imported) << text;
    EXPECT_EQ(imported.error().kind, Error::Kind::bad_data) << text;
  }
}

TEST(Nvbench, AxesBecomeCaseIds) {
  const std::string text =
      "Benchmark,Device,Device Name,M,N,K (pow2),K,Skipped,Samples,CPU Time (sec),Noise (%),GPU Time (sec)\n"
      "gemm,0,NVIDIA H100,16,32,2^6,64,No,100,2e-5,1.5,1.5e-5\n"
      "gemm,0,NVIDIA H100,16,32,2^7,128,Yes,,,,\n"
      "copy,0,NVIDIA H100,16,32,2^6,64,No,100,2e-5,1.5,1.5e-5\n";
  Facts facts;
  facts.name_pattern = "gemm";
  facts.case_pattern = "gemm:f16:NN:{M}x{N}x{K}";
  const auto imported = import_nvbench("n.csv", text, facts);
  ASSERT_TRUE(imported) << imported.error().what;
  ASSERT_EQ(imported->rows.size(), 1u);
  EXPECT_EQ(imported->rows[0].text(Column::case_id), "gemm:f16:NN:16x32x64");
  EXPECT_EQ(imported->rows[0].real(Column::time_median_s), 1.5e-5);
  EXPECT_EQ(imported->rows[0].text(Column::chip), "NVIDIA H100");
  EXPECT_EQ(imported->notes.size(), 2u);
  facts.case_pattern = "gemm:f16:NN:{M}x{N}x{L}";
  EXPECT_THAT(import_nvbench("n.csv", text, facts).error().what, HasSubstr("{L} has no value"));
  EXPECT_FALSE(import_nvbench("n.csv", "Benchmark,Device\n", facts));
  EXPECT_FALSE(import_nvbench("n.csv", "", facts));
}

TEST(Benchdnn, ReadsProblemsByTheirDescriptors) {
  const std::string text =
      "Output template: perf,%engine%,%impl%,%name%,%prb%,%Gops%,%+ctime%,%-time%,%-Gflops%,%0time%,%0Gflops%\n"
      "perf,cpu,brgconv:avx512_core,\"res:2a,b\",--mode=P --conv --dir=BWD_D --dt=bf16 "
      "mb256ic64ih56oc64oh56kh3ph1n\"res:2a,b\",59.2,0.2,1.5,1,2.5,1\n"
      "perf,cpu,brg:avx512_core,,--mode=P --matmul --dt=f32:f32:f32 4x128x64:4x64x32,1,1,0.5,1,0.75,1\n"
      "perf,cpu,jit,,--mode=P --pool mb2ic3,1,1,0.5,1,0.75,1\n"
      "tests:3 passed:3\n";
  const auto imported = import_benchdnn("d.txt", text, {});
  ASSERT_TRUE(imported) << imported.error().what;
  ASSERT_EQ(imported->rows.size(), 2u);
  EXPECT_EQ(imported->rows[0].text(Column::case_id), "conv_bwd_data:bf16:nhwc:n256c64h56w56:k64r3s3:p1x1");
  EXPECT_EQ(imported->rows[0].real(Column::time_median_s), 2.5e-3);
  EXPECT_EQ(imported->rows[0].text(Column::algorithm), "brgconv:avx512_core");
  EXPECT_EQ(imported->rows[1].text(Column::case_id), "gemm:f32:NN:128x32x64:b4");
  EXPECT_THAT(imported->notes[0], HasSubstr("1 lines are no GEMM"));
}

TEST(Benchdnn, SaysWhatIsMissing) {
  const std::string line = "perf,cpu,jit,,--conv mb2ic16ih8oc16oh8kh3ph1,1,1,0.5,1,0.75,1\n";
  EXPECT_EQ(import_benchdnn("d.txt", line, {}).error().where, "d.txt:1:1");
  EXPECT_EQ(import_benchdnn("d.txt", "Output template: perf,%engine%\n" + line, {}).error().where, "d.txt:2:1");
  EXPECT_FALSE(import_benchdnn("d.txt", "", {}));
  // 9 rows of output need padding at one end only: no problem of ours.
  EXPECT_FALSE(
      import_benchdnn("d.txt", "Output template: perf,%prb%,%-time%\nperf,--conv mb2ic16ih8oc16oh9kh3ph1,1\n", {}));
}

TEST(Patterns, TakeValuesBetweenFixedParts) {
  const auto values = match_pattern("a{x}b/{y}", "a12b/3/real_time");
  ASSERT_TRUE(values);
  EXPECT_EQ(values->at("x"), "12");
  EXPECT_EQ(values->at("y"), "3");
  EXPECT_FALSE(match_pattern("a{x}b", "ab"));
  EXPECT_FALSE(match_pattern("a{x}b", "a12"));
  EXPECT_FALSE(match_pattern("a{x", "a12"));
  EXPECT_FALSE(match_pattern("b", "a"));
  EXPECT_FALSE(fill_pattern("{x", {{"x", "1"}}));
}

TEST(ParseSource, SuggestsTheNearest) {
  EXPECT_EQ(parse_source("nvbench").value(), Source::nvbench);
  EXPECT_THAT(parse_source("deepbnech").error().hint, HasSubstr("deepbench"));
}

TEST(ImportFile, NeedsAFileAndBothPatterns) {
  EXPECT_EQ(import_file(Source::nvbench, "/nonexistent", {}).error().kind, Error::Kind::missing);
  Facts facts;
  facts.name_pattern = "x";
  EXPECT_EQ(import_file(Source::nvbench, "/nonexistent", facts).error().kind, Error::Kind::usage);
}

}  // namespace
}  // namespace chipfit::foreign
