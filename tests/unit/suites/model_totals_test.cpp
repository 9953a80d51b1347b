// The suites of models are complete: rebuilt here from the published architectures, layer by layer, and their totals
// compared with the published ones.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>
#include <vector>

#include "kernels/problem/case_id.hpp"
#include "kernels/suites/suite.hpp"

namespace chipfit {
namespace {

using Counts = std::map<std::string, std::int64_t>;  // case id → how often the layer stands in the model

Suite in(Dtype type, const std::string& name) {
  return standard_suite(name, {.dtypes = {default_combo(type).value()}}).value();
}

Counts counts(const Suite& suite) {
  Counts result;
  for (const SuiteCase& each : suite.cases) result[case_id(each.problem)] += each.count;
  return result;
}

double total_flop(const Suite& suite) {
  double sum = 0;
  for (const SuiteCase& each : suite.cases) sum += static_cast<double>(each.count * flop(each.problem));
  return sum;
}

std::int64_t layers(const Suite& suite) {
  std::int64_t sum = 0;
  for (const SuiteCase& each : suite.cases) sum += each.count;
  return sum;
}

// Forward convolution with square images, filters and steps that keeps the image up to its stride.
std::string conv(std::int64_t n, std::int64_t c, std::int64_t h, std::int64_t k, std::int64_t r, std::int64_t stride) {
  ConvProblem problem;
  problem.n = n, problem.c = c, problem.h = problem.w = h, problem.k = k, problem.r = problem.s = r;
  problem.pad_h = problem.pad_w = r / 2, problem.stride_h = problem.stride_w = stride;
  return case_id(problem);
}

TEST(ModelTotals, Resnet50IsTheArchitectureOfHeEtAlStridedInThe3x3) {
  Counts expected{{conv(32, 3, 224, 64, 7, 2), 1}};
  std::int64_t c = 64, h = 56, width = 64;
  for (const int blocks : {3, 4, 6, 3}) {
    for (int block = 0; block < blocks; ++block) {
      const std::int64_t stride = block == 0 && width > 64 ? 2 : 1;
      ++expected[conv(32, c, h, width, 1, 1)];
      ++expected[conv(32, width, h, width, 3, stride)];
      ++expected[conv(32, width, h / stride, 4 * width, 1, 1)];
      if (block == 0) ++expected[conv(32, c, h, 4 * width, 1, stride)];
      c = 4 * width, h /= stride;
    }
    width *= 2;
  }
  EXPECT_EQ(counts(standard_suite("resnet50").value()), expected);
}

TEST(ModelTotals, Resnet50Is8Point17GflopAnImage) {
  const auto suite = standard_suite("resnet50").value();
  EXPECT_EQ(layers(suite), 53);
  const double per_image = total_flop(suite) / 32;
  EXPECT_NEAR(per_image, 8.17e9, 0.005 * 8.17e9);
  // The published 4.09 G multiply-adds hold the fully connected layer 2048 → 1000 too, which is no convolution.
  EXPECT_NEAR(per_image + 2.0 * 2048 * 1000, 2 * 4.09e9, 0.001 * 2 * 4.09e9);
}

TEST(ModelTotals, Vgg16IsConfigurationD) {
  Counts expected;
  std::int64_t c = 3, h = 224;
  for (const std::vector<std::int64_t>& block :
       {std::vector<std::int64_t>{64, 64}, {128, 128}, {256, 256, 256}, {512, 512, 512}, {512, 512, 512}}) {
    for (const std::int64_t k : block) {
      ++expected[conv(32, c, h, k, 3, 1)];
      c = k;
    }
    h /= 2;
  }
  EXPECT_EQ(counts(standard_suite("vgg16").value()), expected);
}

TEST(ModelTotals, Vgg16Is30Point7GflopAnImage) {
  const auto suite = standard_suite("vgg16").value();
  EXPECT_EQ(layers(suite), 13);
  const double per_image = total_flop(suite) / 32;
  EXPECT_NEAR(per_image, 30.7e9, 0.005 * 30.7e9);
  // With the three fully connected layers: the published 15.47 G multiply-adds.
  const double connected = 2.0 * (25088.0 * 4096 + 4096.0 * 4096 + 4096.0 * 1000);
  EXPECT_NEAR(per_image + connected, 2 * 15.47e9, 0.001 * 2 * 15.47e9);
}

TEST(ModelTotals, OtherImageModelsAddUpToThePublishedWork) {
  const auto inception = standard_suite("inception_v3").value();
  EXPECT_EQ(layers(inception), 94);
  EXPECT_NEAR(total_flop(inception) / 32, 2 * 5.71e9, 0.005 * 2 * 5.71e9);
  const auto resnext = standard_suite("resnext101").value();
  EXPECT_EQ(layers(resnext), 1 + 3 * 33 + 4);
  EXPECT_NEAR(total_flop(resnext) / 16, 2 * 36e9, 0.005 * 2 * 36e9);  // "36 B" multiply-adds

  // MobileNet-v1 is the part of the suite whose application says so; 569 M multiply-adds with its last layer.
  double v1 = 0;
  std::int64_t seen = 0;
  const auto mobilenet = standard_suite("mobilenet").value();
  for (const SuiteCase& each : mobilenet.cases) {
    if (!each.application.starts_with("mobilenet_v1")) continue;
    // The first depthwise layers of v1 and v2 are the same problem, which the suite counts twice under v1's name.
    const std::int64_t count = each.application == "mobilenet_v1_dw/conv2_1/dw" ? each.count - 1 : each.count;
    seen += count;
    v1 += static_cast<double>(count * flop(each.problem));
  }
  EXPECT_EQ(seen, 1 + 2 * 13);
  EXPECT_NEAR(v1 / 32 + 2.0 * 1024 * 1000, 2 * 569e6, 0.001 * 2 * 569e6);
}

// A decoder by its published configuration, as the suites hold it: split over `split` devices, with `head` rows of the
// output layer (0: not in the suite).
struct Decoder {
  std::string suite;
  std::int64_t hidden, q_width, kv_width, ffn, ffn_inputs, layers, head, split;
  double outside;  // parameters that the suite does not hold: embeddings (of words and, GPT-3, positions), output layer
  double published;  // parameters
};

const std::vector<Decoder>& decoders() {
  static const std::vector<Decoder> all{
      {"llama2_7b", 4096, 4096, 4096, 11008, 2, 32, 32000, 1, 32000.0 * 4096, 6.74e9},
      {"llama2_13b", 5120, 5120, 5120, 13824, 2, 40, 32000, 1, 32000.0 * 5120, 13.02e9},
      {"llama2_70b", 8192, 8192, 1024, 28672, 2, 80, 32000, 1, 32000.0 * 8192, 68.98e9},
      {"llama3_8b", 4096, 4096, 1024, 14336, 2, 32, 128256, 1, 128256.0 * 4096, 8.03e9},
      {"llama3_70b", 8192, 8192, 1024, 28672, 2, 80, 128256, 1, 128256.0 * 8192, 70.55e9},
      {"llama3_70b_tp8", 8192, 8192, 1024, 28672, 2, 80, 128256, 8, 128256.0 * 8192, 70.55e9},
      {"llama31_405b_tp8", 16384, 16384, 1024, 53248, 2, 126, 0, 8, 2 * 128256.0 * 16384, 405.9e9},
      {"qwen25_72b", 8192, 8192, 1024, 29568, 2, 80, 0, 1, 2 * 152064.0 * 8192, 72.7e9},
      // Its output layer is the transposed embedding: in the suite as work, already, and no further parameters.
      {"gpt3_175b", 12288, 12288, 12288, 49152, 1, 96, 50257, 1, 2048.0 * 12288, 174.6e9},
      {"gpt3_175b_tp8", 12288, 12288, 12288, 49152, 1, 96, 0, 8, (50257.0 + 2048) * 12288, 174.6e9}};
  return all;
}

std::string gemm(std::int64_t m, std::int64_t n, std::int64_t k) {
  return fmt::format("gemm:bf16:NT:{}x{}x{}", m, n, k);
}

constexpr std::array<std::int64_t, 8> kTokens{1, 16, 64, 128, 512, 2048, 4096, 8192};

TEST(ModelTotals, DecodersAreTheirConfigurations) {
  for (const Decoder& d : decoders()) {
    Counts expected;
    for (const std::int64_t m : kTokens) {
      expected[gemm(m, (d.q_width + 2 * d.kv_width) / d.split, d.hidden)] += d.layers;
      expected[gemm(m, d.hidden, d.q_width / d.split)] += d.layers;
      expected[gemm(m, d.ffn_inputs * d.ffn / d.split, d.hidden)] += d.layers;
      expected[gemm(m, d.hidden, d.ffn / d.split)] += d.layers;
      if (d.head > 0) expected[gemm(m, d.head / d.split, d.hidden)] += 1;
    }
    EXPECT_EQ(counts(in(Dtype::bf16, d.suite)), expected) << d.suite;
  }
}

// 2 FLOP a weight and token: the suites hold the published numbers of parameters but for the embeddings.
TEST(ModelTotals, DecodersHoldTheirPublishedParameters) {
  for (const Decoder& d : decoders()) {
    double tokens = 0;
    for (const std::int64_t m : kTokens) tokens += static_cast<double>(m);
    const double weights = total_flop(in(Dtype::bf16, d.suite)) / tokens / 2;
    const double parameters = weights * static_cast<double>(d.split) + d.outside;
    EXPECT_NEAR(parameters, d.published, 0.005 * d.published) << d.suite;
  }
}

TEST(ModelTotals, Llama3_8bIs15GflopAToken) {
  double flop_one = 0;
  const Suite suite = in(Dtype::bf16, "llama3_8b");
  for (const SuiteCase& each : suite.cases) {
    if (std::get<GemmProblem>(each.problem).m == 1) flop_one += static_cast<double>(each.count * flop(each.problem));
  }
  EXPECT_NEAR(flop_one, 2 * 7.505e9, 0.001 * 2 * 7.505e9);  // 8.03 G parameters less 0.525 G of the embedding
}

TEST(ModelTotals, DeepseekV3WithItsRoutedExpertsActivates37GParameters) {
  std::map<std::int64_t, double> flop_by_tokens;
  std::map<std::int64_t, std::int64_t> layers_by_tokens;
  const Suite suite = in(Dtype::bf16, "deepseek_v3");
  for (const SuiteCase& each : suite.cases) {
    const std::int64_t m = std::get<GemmProblem>(each.problem).m;
    flop_by_tokens[m] += static_cast<double>(each.count * flop(each.problem));
    layers_by_tokens[m] += each.count;
  }
  ASSERT_EQ(flop_by_tokens.size(), kTokens.size());
  const double routed = 58.0 * 8 * (4096.0 * 7168 + 7168.0 * 2048);  // 8 of 256 in 58 layers: not in the suite
  for (const std::int64_t m : kTokens) {
    EXPECT_EQ(layers_by_tokens[m], 4 * 61 + 2 * 3 + 3 * 58 + 1) << m;
    const double weights = flop_by_tokens[m] / 2 / static_cast<double>(m);
    EXPECT_NEAR(weights + routed, 37e9, 0.015 * 37e9) << m;
  }
}

TEST(ModelTotals, BertLargeIs12HiddenSquaredALayerAndItsAttention) {
  struct Shape {
    double images, tokens;
  };
  const std::map<std::string, Shape> shapes{
      {"b1s128", {1, 128}}, {"b1s384", {1, 384}}, {"b8s384", {8, 384}}, {"b32s128", {32, 128}}, {"b56s512", {56, 512}}};
  std::map<std::string, double> work;
  const Suite suite = in(Dtype::bf16, "bert_large");
  for (const SuiteCase& each : suite.cases) {
    work[each.application.substr(each.application.rfind('_') + 1)] +=
        static_cast<double>(each.count * flop(each.problem));
  }
  ASSERT_EQ(work.size(), shapes.size());
  for (const auto& [name, shape] : shapes) {
    const double all_tokens = shape.images * shape.tokens;
    EXPECT_DOUBLE_EQ(work[name], 24 * all_tokens * (2 * 12 * 1024. * 1024. + 4 * shape.tokens * 1024)) << name;
  }
}

}  // namespace
}  // namespace chipfit
