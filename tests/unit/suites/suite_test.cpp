#include "kernels/suites/suite.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "kernels/problem/case_id.hpp"

namespace chipfit {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::UnorderedElementsAre;

// A folder that is removed at the end of the test.
struct TemporaryFolder {
  std::filesystem::path path;
  TemporaryFolder() {
    std::string pattern = testing::TempDir() + "chipfit_suite_XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path = pattern;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
  std::filesystem::path file(const std::string& name, const std::string& text) const {
    std::ofstream(path / name, std::ios::binary) << text;
    return path / name;
  }
};

std::map<std::string, SuiteCase> by_id(const Suite& suite) {
  std::map<std::string, SuiteCase> cases;
  for (const SuiteCase& each : suite.cases) cases.emplace(case_id(each.problem), each);
  EXPECT_EQ(cases.size(), suite.cases.size()) << "repeats that were not merged";
  return cases;
}

TEST(FindSuite, SuggestsANameThatIsNear) {
  const auto wrong = find_suite("sqare");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().kind, Error::Kind::usage);
  EXPECT_EQ(wrong.error().what, "'sqare' is not a standard suite");
  EXPECT_EQ(wrong.error().hint, "did you mean 'square'?");
  EXPECT_THAT(find_suite("llama").error().hint, HasSubstr("quick"));
}

TEST(FindSuite, SaysWhichFileIsMissingOrUnreadable) {
  const auto missing = find_suite("no/such.csv");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, Error::Kind::missing);
  EXPECT_EQ(missing.error().where, "no/such.csv");
  EXPECT_EQ(missing.error().what, "cannot open the suite: No such file or directory");
  EXPECT_EQ(find_suite("mine.csv").error().kind, Error::Kind::missing);  // a path, though without a folder

  const TemporaryFolder folder;
  const auto is_folder = find_suite(folder.path.string() + "/");
  ASSERT_FALSE(is_folder);
  EXPECT_EQ(is_folder.error().kind, Error::Kind::io);
  EXPECT_EQ(is_folder.error().what, "cannot read the suite: Is a directory");

  const auto endless = find_suite("/dev/zero");
  ASSERT_FALSE(endless);
  EXPECT_EQ(endless.error().kind, Error::Kind::bad_data);
}

TEST(LoadSuite, ReportsTheFirstFaultAndCheckSuiteAllOfThem) {
  const TemporaryFolder folder;
  const auto path = folder.file("mine.csv", "op,m,n,k\ngemm,1,1,0\ngemm,1,x,1\n");
  const auto broken = load_suite(path);
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().kind, Error::Kind::bad_data);
  EXPECT_EQ(broken.error().where, path.string() + ":2:10");
  const auto all = check_suite(path);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[1].where, path.string() + ":3:8");
  EXPECT_EQ(check_suite("no/such.csv").size(), 1u);
  EXPECT_TRUE(check_suite(folder.file("good.csv", "op,m,n,k\ngemm,1,1,1\n")).empty());
}

TEST(LoadSuite, AUsersFileWorksLikeAStandardSuite) {
  const TemporaryFolder folder;
  const std::string text = "\xEF\xBB\xBFop,m,n,k\r\ngemm,1,2,3\r\n";
  const auto suite = find_suite(folder.file("mine.csv", text).string());
  ASSERT_TRUE(suite) << suite.error().what;
  EXPECT_EQ(suite->name, "mine");
  EXPECT_EQ(suite->sha256_input, text);  // the bytes as they are, for the digest
  ASSERT_EQ(suite->cases.size(), 1u);
}

TEST(StandardSuites, AreTheFilesOfThisFolderByteForByte) {
  EXPECT_THAT(standard_suite_names(),
              ElementsAre("bert_large", "deepbench_device", "deepbench_server", "deepbench_train", "deepgemm",
                          "deepseek_v3", "dilated", "first_layer", "gpt3_175b", "gpt3_175b_tp8", "hydro",
                          "inception_v3", "k_sweep", "llama2_13b", "llama2_70b", "llama2_7b", "llama31_405b_tp8",
                          "llama3_70b", "llama3_70b_tp8", "llama3_8b", "mobilenet", "quick", "qwen25_72b", "resnet50",
                          "resnext101", "skinny_m", "square", "square_unaligned", "unet_med", "unet_sd", "vgg16"));
  for (const std::string& name : standard_suite_names()) {
    const std::filesystem::path path = std::string(CHIPFIT_SOURCE_DIR "/kernels/suites/") + name + ".csv";
    std::ostringstream bytes;
    bytes << std::ifstream(path, std::ios::binary).rdbuf();
    const auto suite = standard_suite(name);
    ASSERT_TRUE(suite) << suite.error().where << ": " << suite.error().what;
    EXPECT_EQ(suite->name, name);
    EXPECT_EQ(suite->sha256_input, bytes.str());
    EXPECT_EQ(load_suite(path).value().cases.size(), suite->cases.size());
    for (const SuiteCase& each : suite->cases) {
      EXPECT_NE(each.application, "") << case_id(each.problem);
      EXPECT_NE(each.source, "") << case_id(each.problem);
    }
  }
}

TEST(StandardSuites, SquareIsPlannedInF32AndF64) {
  const auto cases = by_id(standard_suite("square").value());
  EXPECT_EQ(cases.size(), 48u);  // 14 squares and 10 reference points, two types
  EXPECT_TRUE(cases.contains("gemm:f32:NT:64x64x64"));
  EXPECT_TRUE(cases.contains("gemm:f64:NT:16384x16384x16384"));
  EXPECT_EQ(cases.at("gemm:f32:NT:8448x9216x2048").source, "bertmaher/simplegemm README");
  EXPECT_EQ(cases.at("gemm:f32:NT:5632x3072x512").application, "cutlass_h100_ref_k512");
}

TEST(StandardSuites, DeepBenchIsMappedFromColumnMajor) {
  const auto suite = standard_suite("deepbench_train").value();
  const auto cases = by_id(suite);
  // Published as m=1760 n=16 k=1760, not transposed, column-major.
  EXPECT_TRUE(cases.contains("gemm:f32:NN:16x1760x1760"));
  EXPECT_FALSE(cases.contains("gemm:f32:NN:1760x16x1760"));
  // Published as m=35 n=8457 k=2560 with A transposed: its memory is M×K row-major, the transposed right operand.
  EXPECT_TRUE(cases.contains("gemm:f32:NT:8457x35x2560"));
  // Published as m=512 n=16 k=512 with B transposed.
  EXPECT_TRUE(cases.contains("gemm:f32:TN:16x512x512"));
  // The 160 GEMMs and 94 convolutions in three directions, repeats merged.
  std::int64_t gemms = 0, convolutions = 0;
  for (const SuiteCase& each : suite.cases) {
    (std::holds_alternative<GemmProblem>(each.problem) ? gemms : convolutions) += each.count;
    EXPECT_EQ(dtypes(each.problem), default_combo(Dtype::f32).value());
    const auto* conv = std::get_if<ConvProblem>(&each.problem);
    EXPECT_TRUE(conv == nullptr || conv->layout == Layout::nchw);
  }
  EXPECT_EQ(gemms, 160);
  EXPECT_EQ(convolutions, 3 * 94);
  // A Deep Speech layer with a filter of 5 rows and 20 columns.
  for (const std::string direction : {"fwd", "bwd_data", "bwd_weights"}) {
    EXPECT_TRUE(cases.contains("conv_" + direction + ":f32:nchw:n4c1h161w700:k32r5s20:s2x2")) << direction;
  }
}

TEST(StandardSuites, HoldOnlyProblemsThatValidate) {
  for (const std::string& name : standard_suite_names()) {
    const auto suite = standard_suite(name).value();
    by_id(suite);
    for (const SuiteCase& each : suite.cases) {
      const auto valid = validate(each.problem);
      EXPECT_TRUE(valid) << name << ": " << case_id(each.problem) << ": " << valid.error().what;
      EXPECT_EQ(parse_case_id(case_id(each.problem)).value(), each.problem) << name;
      EXPECT_EQ(math(each.problem), Math::strict) << name;
    }
  }
}

TEST(StandardSuites, DeepBenchInferenceIsForwardOnly) {
  const std::map<std::string, std::int64_t> problems{{"deepbench_server", 75 + 107}, {"deepbench_device", 13 + 16}};
  for (const auto& [name, published] : problems) {
    std::map<std::string, std::int64_t> by_type;
    const auto suite = standard_suite(name).value();
    for (const SuiteCase& each : suite.cases) {
      by_type[to_string(dtypes(each.problem))] += each.count;
      const auto* conv = std::get_if<ConvProblem>(&each.problem);
      EXPECT_TRUE(conv == nullptr || (conv->direction == ConvDirection::fwd && conv->layout == Layout::nchw)) << name;
    }
    EXPECT_THAT(by_type, ElementsAre(Pair("f32", published), Pair("i8", published))) << name;
  }
  // Published as m=5124 n=700 k=2048, not transposed, column-major.
  EXPECT_TRUE(by_id(standard_suite("deepbench_server").value()).contains("gemm:f32:NN:700x5124x2048"));
  EXPECT_TRUE(by_id(standard_suite("deepbench_device").value()).contains("gemm:i8:NN:1500x4224x176"));
}

TEST(StandardSuites, DeepGemmsGroupsAreBatches) {
  const auto cases = by_id(standard_suite("deepgemm").value());
  EXPECT_EQ(cases.size(), 2u * (36 + 12 + 14));
  EXPECT_EQ(cases.at("gemm:bf16:NT:1x129280x7168").application, "dense/m1n129280k7168");
  EXPECT_EQ(cases.at("gemm:bf16:NT:8192x4096x7168:b4").application, "grouped_contig/g4m8192n4096k7168");
  EXPECT_EQ(cases.at("gemm:f32:NT:20x7168x2048:b32").application, "grouped_masked/g32m20n7168k2048");
}

TEST(StandardSuites, UNetsTransposedConvolutionsAreBackwardData) {
  const auto cases = by_id(standard_suite("unet_med").value());
  // 64 channels of 136×136 become 32 of 272×272.
  EXPECT_TRUE(cases.contains("conv_bwd_data:f32:nhwc:n1c32h272w272:k64r2s2:s2x2"));
  EXPECT_FALSE(cases.contains("conv_fwd:f32:nhwc:n1c32h272w272:k64r2s2:s2x2"));
}

TEST(StandardSuites, HydroIsStencilsOnLargeGrids) {
  const auto suite = standard_suite("hydro").value();
  std::set<std::string> seen;
  for (const SuiteCase& each : suite.cases) {
    const auto& c = std::get<ConvProblem>(each.problem);
    EXPECT_LE(c.c, 4) << each.application;
    EXPECT_GE(c.n * c.h * c.w, 1 << 20) << each.application;
    EXPECT_TRUE(c.dtypes.a == Dtype::f64 || c.dtypes.a == Dtype::f32) << each.application;
    EXPECT_EQ(c.layout, Layout::nchw) << each.application;
    seen.emplace(name(c.direction));
    if (c.groups > 1) seen.emplace("tracers");
    if (c.stride_h > 1) seen.emplace("multigrid");
    if (c.r % 2 == 0) seen.emplace("staggered");
    if (operands(each.problem).in[0].bytes() >= std::int64_t{1} << 31) seen.emplace("past 2^31 bytes");
    seen.insert(each.application.substr(0, each.application.find('/')));
  }
  EXPECT_THAT(seen, UnorderedElementsAre("fwd", "bwd_data", "bwd_weights", "tracers", "multigrid", "staggered",
                                         "past 2^31 bytes", "diffusion", "shallow_water"));
}

TEST(QuickSuite, CoversEveryKindOfProblemInSmallSizes) {
  const auto suite = standard_suite("quick").value();
  EXPECT_GE(suite.cases.size(), 30u);
  EXPECT_LE(suite.cases.size(), 40u);
  std::set<std::string> seen;
  int on_openblas = 0;
  for (const SuiteCase& each : suite.cases) {
    const Problem& problem = each.problem;
    EXPECT_LE(flop(problem), 300'000'000) << case_id(problem);
    EXPECT_LE(traffic_bytes(problem), 32 << 20) << case_id(problem);
    EXPECT_EQ(math(problem), Math::strict);
    const std::string types(info(dtypes(problem).a).name);
    on_openblas += types == "f32" || types == "f64" ? 1 : 0;
    if (const auto* g = std::get_if<GemmProblem>(&problem)) {
      seen.insert("gemm " + types);
      seen.insert(case_id(problem).substr(case_id(problem).find(':', 5) + 1, 2));
      if (g->batch > 1) seen.insert("batch");
      if (g->m == 1 || g->n <= 16) seen.insert("skinny");
      if (g->m % 2 == 1 && g->n % 2 == 1 && g->k % 2 == 1) seen.insert("unaligned");
    } else {
      const auto& c = std::get<ConvProblem>(problem);
      seen.insert(std::string(name(c.direction)) + " " + std::string(name(c.layout)));
      if (c.stride_h > 1) seen.insert("strided " + std::string(name(c.direction)));
      if (c.dil_h > 1) seen.insert("dilated");
      if (c.groups > 1) seen.insert(c.groups == c.c ? "depthwise" : "grouped");
      if (c.r == 1 && c.s == 1) seen.insert("pointwise");
      if (c.c == 3) seen.insert("few channels");
      if (c.h != c.w && c.pad_h != c.pad_w && c.r != c.s) seen.insert("oblong");
    }
  }
  EXPECT_GE(on_openblas, 20);
  for (const std::string kind : {"gemm f32",
                                 "gemm f64",
                                 "gemm f16",
                                 "gemm bf16",
                                 "gemm i8",
                                 "NN",
                                 "NT",
                                 "TN",
                                 "TT",
                                 "batch",
                                 "skinny",
                                 "unaligned",
                                 "fwd nchw",
                                 "fwd nhwc",
                                 "bwd_data nchw",
                                 "bwd_data nhwc",
                                 "bwd_weights nchw",
                                 "bwd_weights nhwc",
                                 "strided fwd",
                                 "strided bwd_data",
                                 "strided bwd_weights",
                                 "dilated",
                                 "depthwise",
                                 "grouped",
                                 "pointwise",
                                 "few channels",
                                 "oblong"}) {
    EXPECT_THAT(seen, Contains(kind));
  }
  EXPECT_TRUE(by_id(suite).contains("gemm:f32:NN:512x512x512"));
}

TEST(StandardSuites, OverridesReachThem) {
  const auto suite = standard_suite("resnet50", {.dtypes = {default_combo(Dtype::bf16).value()},
                                                 .directions = {ConvDirection::bwd_data, ConvDirection::bwd_weights},
                                                 .layouts = {Layout::nchw}});
  ASSERT_TRUE(suite);
  EXPECT_EQ(suite->cases.size(), 46u);
  EXPECT_EQ(case_id(suite->cases[0].problem), "conv_bwd_data:bf16:nchw:n32c3h224w224:k64r7s7:p3x3:s2x2");
}

}  // namespace
}  // namespace chipfit
