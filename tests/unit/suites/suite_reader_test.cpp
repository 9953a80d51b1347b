#include "kernels/suites/suite_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "kernels/problem/case_id.hpp"
#include "kernels/suites/suite_row.hpp"

namespace chipfit {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// "where: what [hint]" of every fault of a text that is read as suites/mine.csv.
std::vector<std::string> faults_of(std::string_view text) {
  std::vector<std::string> out;
  for (const Error& error : read_suite("suites/mine.csv", text).faults) {
    EXPECT_EQ(error.kind, Error::Kind::bad_data);
    out.push_back(error.where + ": " + error.what + " [" + error.hint + "]");
  }
  return out;
}

// Case ids of a sound text, with the count in front where it is not 1.
std::vector<std::string> cases_of(std::string_view text, const SuiteOverrides& overrides = {}) {
  const SuiteReading reading = read_suite("mine.csv", text, overrides);
  for (const Error& error : reading.faults) ADD_FAILURE() << error.where << ": " << error.what;
  std::vector<std::string> out;
  for (const SuiteCase& each : reading.suite.cases) {
    out.push_back((each.count == 1 ? "" : std::to_string(each.count) + "× ") + case_id(each.problem));
  }
  return out;
}

std::string columns() {
  std::string out;
  for (const std::string& name : suite_columns()) out += (out.empty() ? "" : ",") + name;
  return out;
}

TEST(SuiteFaults, OfTheWholeFile) {
  EXPECT_THAT(
      faults_of(""),
      ElementsAre("suites/mine.csv:1:1: the file is empty [the first line names the columns: " + columns() + "]"));
  EXPECT_THAT(faults_of("op,m,n,k\n"),
              ElementsAre("suites/mine.csv:1:1: the suite has no rows [write one row for each problem]"));
  EXPECT_THAT(
      faults_of("m,n,k\n1,1,1\n"),
      ElementsAre("suites/mine.csv:1:1: there is no column op [op says of each row whether it is gemm or conv]"));
  EXPECT_THAT(faults_of("op,m,n,\"k"), ElementsAre("suites/mine.csv:1:8: this quote is never closed "
                                                   "[end the field with \", and write a quote inside it as \"\"]"));
}

TEST(SuiteFaults, OfTheHeader) {
  EXPECT_THAT(faults_of("op,m,n,k,strid_h\ngemm,1,1,1,1\n"),
              ElementsAre("suites/mine.csv:1:10: unknown column 'strid_h' [did you mean 'stride_h'?]"));
  EXPECT_THAT(faults_of("op,m,n,k,peak\ngemm,1,1,1,1\n"),
              ElementsAre("suites/mine.csv:1:10: unknown column 'peak' [columns: " + columns() + "]"));
  EXPECT_THAT(faults_of("op,m,n,k,m\ngemm,1,1,1,1\n"),
              ElementsAre("suites/mine.csv:1:10: column m stands twice [name each column once]"));
  EXPECT_THAT(faults_of("op,m,n,k,\ngemm,1,1,1,\n").size(), 1u);  // a comma too many
}

TEST(SuiteFaults, OfACellStandAtTheCell) {
  const auto gemm = [](const std::string& row) {
    return faults_of("op,m,n,k,trans_a,dtypes,math,count\n" + row + "\n");
  };
  EXPECT_THAT(gemm("gemm,16,x,8,,,,"),
              ElementsAre("suites/mine.csv:2:9: 'x' is not a whole number [write decimal digits only]"));
  EXPECT_THAT(gemm("gemm,16,,8,,,,"), ElementsAre("suites/mine.csv:2:9: n is missing [write a whole number]"));
  EXPECT_THAT(gemm("gemm,16,1.5,8,,,,"),
              ElementsAre("suites/mine.csv:2:9: '1.5' is not a whole number [write decimal digits only]"));
  EXPECT_THAT(gemm("gemm,16,9223372036854775808,8,,,,"),
              ElementsAre("suites/mine.csv:2:9: n does not fit 64 bits [numbers go up to 9223372036854775807]"));
  EXPECT_THAT(gemm("gemm,16,0,8,,,,"),
              ElementsAre("suites/mine.csv:2:9: n must be at least 1, not 0 [extents start at 1]"));
  EXPECT_THAT(gemm("gemm,16,8,8,t,,,"),
              ElementsAre("suites/mine.csv:2:13: 't' is neither N nor T [N: as it is, T: transposed]"));
  EXPECT_THAT(gemm("gemm,16,8,8,,f32;f23,,"),
              ElementsAre("suites/mine.csv:2:14: 'f23' is not an element type [did you mean 'f32'?]"));
  EXPECT_THAT(gemm("gemm,16,8,8,,f32; f32,,"),
              ElementsAre("suites/mine.csv:2:14: f32 stands twice in the list [name each once]"));
  EXPECT_THAT(gemm("gemm,16,8,8,,,tf23,"),
              ElementsAre("suites/mine.csv:2:15: 'tf23' is not a math mode [did you mean 'tf32'?]"));
  EXPECT_THAT(gemm("gemm,16,8,8,,f16,tf32,"),
              ElementsAre("suites/mine.csv:2:18: math modes other than strict apply to f32, which is not among the "
                          "dtypes [leave math empty, or add f32 to dtypes]"));
  EXPECT_THAT(
      gemm("gemm,16,8,8,,,,0"),
      ElementsAre("suites/mine.csv:2:16: count must be at least 1, not 0 [leave out a layer that does not occur]"));
  EXPECT_THAT(gemm("GEMM,16,8,8,,,,"),
              ElementsAre("suites/mine.csv:2:1: 'GEMM' is not an operation [did you mean 'gemm'?]"));
  EXPECT_THAT(gemm("fft,16,8,8,,,,"),
              ElementsAre("suites/mine.csv:2:1: 'fft' is not an operation [op is gemm or conv]"));
}

TEST(SuiteFaults, OfAConvolutionStandAtTheColumnThatBreaksTheRule) {
  const std::string header = "op,conv_n,conv_c,conv_h,conv_w,conv_k,conv_r,conv_s,stride_h,groups,layout,m\n";
  EXPECT_THAT(faults_of(header + "conv,1,64,56,56,64,3,3,0,1,,\n"),
              ElementsAre("suites/mine.csv:2:24: stride 0 is not a stride [strides start at 1]"));
  EXPECT_THAT(faults_of(header + "conv,1,64,56,56,64,3,3,1,3,,\n"),
              ElementsAre("suites/mine.csv:2:26: groups 3 does not divide channels 64 [channels and filters must be "
                          "multiples of groups]"));
  EXPECT_THAT(faults_of(header + "conv,1,64,56,56,64,3,3,1,1,nwhc,\n"),
              ElementsAre("suites/mine.csv:2:28: 'nwhc' is not a layout [did you mean 'nhwc'?]"));
  EXPECT_THAT(faults_of(header + "conv,1,64,56,56,64,3,3,1,1,,5\n"),
              ElementsAre("suites/mine.csv:2:29: m belongs to gemm rows [leave the cell empty]"));
  EXPECT_THAT(faults_of(header + "gemm,1,,,,,,,,,,5\n").front(),
              "suites/mine.csv:2:1: n is missing [write a whole number]");  // there is no column n
}

TEST(SuiteFaults, OfAllRowsAreReportedInOrder) {
  const std::string text =
      "op,m,n,k\n"
      "gemm,0,1,1\n"
      "gemm,1,1,1\n"
      "gemm,1,1\n"
      "gemm,a,b,1\n"
      "gemm,\"1\"x,1,1\n"
      "gemm,1,1,1,1\n";
  EXPECT_THAT(faults_of(text),
              ElementsAre("suites/mine.csv:2:6: m must be at least 1, not 0 [extents start at 1]",
                          "suites/mine.csv:4:9: the row has 3 fields, the header names 4 columns [write a comma for "
                          "each column, also where a cell is empty]",
                          "suites/mine.csv:5:6: 'a' is not a whole number [write decimal digits only]",
                          "suites/mine.csv:5:8: 'b' is not a whole number [write decimal digits only]",
                          "suites/mine.csv:6:9: text after a closing quote [put the whole field in quotes and write "
                          "each quote inside it as \"\"]",
                          "suites/mine.csv:7:12: the row has 5 fields, the header names 4 columns [write a comma for "
                          "each column, also where a cell is empty]"));
}

TEST(SuiteFaults, CountsThatAddUpPast64BitsAreNotWrapped) {
  EXPECT_THAT(faults_of("op,m,n,k,count\ngemm,1,1,1,9223372036854775807\ngemm,1,1,1,1\n"),
              ElementsAre("suites/mine.csv:3:1: the counts of gemm:f32:NN:1x1x1 add up to 2^63 or more "
                          "[choose smaller counts]"));
}

TEST(Suite, ColumnsStandInAnyOrderAndOnlyTheNeededOnes) {
  EXPECT_THAT(cases_of("k,op,n,m\n3,gemm,2,1\n"), ElementsAre("gemm:f32:NN:1x2x3"));
  EXPECT_THAT(cases_of("\xEF\xBB\xBF op , m,n,k\r\n gemm , 1,2 ,3\r\n"), ElementsAre("gemm:f32:NN:1x2x3"));
  EXPECT_THAT(cases_of("op,conv_n,conv_c,conv_h,conv_w,conv_k,conv_r,conv_s\nconv,1,2,3,4,5,1,2\n"),
              ElementsAre("conv_fwd:f32:nhwc:n1c2h3w4:k5r1s2"));
}

TEST(Suite, EveryColumnReachesItsField) {
  const std::string conv =
      "op,dtypes,directions,layout,conv_n,conv_c,conv_h,conv_w,conv_k,conv_r,conv_s,pad_h,pad_w,stride_h,stride_w,dil_"
      "h,"
      "dil_w,groups,math\nconv,f32,bwd_data,nchw,2,6,31,32,9,4,5,1,2,3,4,5,6,3,tf32\n";
  EXPECT_THAT(cases_of(conv), ElementsAre("conv_bwd_data:f32:nchw:n2c6h31w32:k9r4s5:p1x2:s3x4:d5x6:g3:tf32"));
  EXPECT_THAT(cases_of("op,dtypes,m,n,k,batch,trans_a,trans_b\ngemm,bf16-f32-f32,1,2,3,4,T,N\ngemm,,1,2,3,4,N,T\n"),
              ElementsAre("gemm:bf16-f32-f32:TN:1x2x3:b4", "gemm:f32:NT:1x2x3:b4"));
  const auto reading = read_suite("a/b.csv", "op,m,n,k,count,application,source\ngemm,1,1,1,7,\"fc, last\",me\n");
  EXPECT_EQ(reading.suite.name, "b");
  ASSERT_EQ(reading.suite.cases.size(), 1u);
  EXPECT_EQ(reading.suite.cases[0].count, 7);
  EXPECT_EQ(reading.suite.cases[0].application, "fc, last");
  EXPECT_EQ(reading.suite.cases[0].source, "me");
}

TEST(Suite, ListsExpandInTheDocumentedOrder) {
  const std::string text =
      "op,dtypes,directions,layout,math,conv_n,conv_c,conv_h,conv_w,conv_k,conv_r,conv_s\n"
      "conv,f64;f32,fwd;bwd_weights,nhwc; nchw,strict;tf32,1,1,1,1,1,1,1\n";
  EXPECT_THAT(
      cases_of(text),
      ElementsAre("conv_fwd:f64:nhwc:n1c1h1w1:k1r1s1", "conv_fwd:f64:nchw:n1c1h1w1:k1r1s1",
                  "conv_bwd_weights:f64:nhwc:n1c1h1w1:k1r1s1", "conv_bwd_weights:f64:nchw:n1c1h1w1:k1r1s1",
                  "conv_fwd:f32:nhwc:n1c1h1w1:k1r1s1", "conv_fwd:f32:nhwc:n1c1h1w1:k1r1s1:tf32",
                  "conv_fwd:f32:nchw:n1c1h1w1:k1r1s1", "conv_fwd:f32:nchw:n1c1h1w1:k1r1s1:tf32",
                  "conv_bwd_weights:f32:nhwc:n1c1h1w1:k1r1s1", "conv_bwd_weights:f32:nhwc:n1c1h1w1:k1r1s1:tf32",
                  "conv_bwd_weights:f32:nchw:n1c1h1w1:k1r1s1", "conv_bwd_weights:f32:nchw:n1c1h1w1:k1r1s1:tf32"));
}

TEST(Suite, RepeatsAreMergedAndTheirCountsAdded) {
  EXPECT_THAT(cases_of("op,m,n,k,count\ngemm,1,1,1,\ngemm,2,2,2,3\ngemm,1,1,1,4\n"),
              ElementsAre("5× gemm:f32:NN:1x1x1", "3× gemm:f32:NN:2x2x2"));
}

TEST(SuiteOverrides, ReplaceTheListsOfEveryRow) {
  const std::string text =
      "op,dtypes,directions,layout,m,n,k,conv_n,conv_c,conv_h,conv_w,conv_k,conv_r,conv_s\n"
      "gemm,f32;f64,,,1,1,1,,,,,,,\n"
      "conv,f64,fwd,nchw,,,,1,1,1,1,1,1,1\n";
  const auto bf16 = default_combo(Dtype::bf16).value(), i8 = default_combo(Dtype::i8).value();
  EXPECT_THAT(cases_of(text, {.dtypes = {bf16, i8, bf16}}),
              ElementsAre("gemm:bf16:NN:1x1x1", "gemm:i8:NN:1x1x1", "conv_fwd:bf16:nchw:n1c1h1w1:k1r1s1",
                          "conv_fwd:i8:nchw:n1c1h1w1:k1r1s1"));
  EXPECT_THAT(cases_of(text, {.directions = {ConvDirection::bwd_data}, .layouts = {Layout::nhwc}}),
              ElementsAre("gemm:f32:NN:1x1x1", "gemm:f64:NN:1x1x1", "conv_bwd_data:f64:nhwc:n1c1h1w1:k1r1s1"));
}

TEST(SuiteOverrides, OtherTypesThanF32AreStrictWhateverTheMathOfTheRow) {
  EXPECT_THAT(cases_of("op,m,n,k,math\ngemm,1,1,1,tf32;bf16\n", {.dtypes = {default_combo(Dtype::f16).value()}}),
              ElementsAre("gemm:f16:NN:1x1x1"));
}

TEST(SuiteOverrides, MathReplacesThatOfTheF32ProblemsOnly) {
  EXPECT_THAT(cases_of("op,m,n,k,dtypes,math\ngemm,1,1,1,f32;f64,bf16\n", {.maths = {Math::tf32, Math::strict}}),
              ElementsAre("gemm:f32:NN:1x1x1:tf32", "gemm:f32:NN:1x1x1", "gemm:f64:NN:1x1x1"));
}

TEST(SuiteOverrides, DoNotHideAFaultOfTheFile) {
  const auto reading =
      read_suite("mine.csv", "op,m,n,k,dtypes\ngemm,1,1,1,f23\n", {.dtypes = {default_combo(Dtype::f32).value()}});
  ASSERT_EQ(reading.faults.size(), 1u);
  EXPECT_EQ(reading.faults[0].where, "mine.csv:2:12");
  EXPECT_THAT(reading.suite.cases, IsEmpty());
}

}  // namespace
}  // namespace chipfit
