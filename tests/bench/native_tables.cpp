#include "tests/bench/native_tables.hpp"

#include <fmt/format.h>

#include "kernels/problem/case_id.hpp"
#include "kernels/suites/suite.hpp"

namespace chipfit::bench {
namespace {

using Problems = std::vector<WeightedProblem>;

Problems squares(const std::vector<std::string>& dtypes, const std::vector<int>& sizes) {
  Problems problems;
  for (const std::string& dtype : dtypes)
    for (const int size : sizes)
      problems.push_back({parse_case_id(fmt::format("gemm:{0}:NN:{1}x{1}x{1}", dtype, size)).value()});
  return problems;
}

/// A suite's convolutions with 8 images, weighted by their work in the whole model.
Problems convolutions(const char* suite, ConvDirection direction, const auto& wanted) {
  Problems problems;
  const auto cases = standard_suite(suite, {.directions = {direction}}).value().cases;
  for (const SuiteCase& each : cases) {
    auto conv = std::get<ConvProblem>(each.problem);
    conv.n = 8;
    if (wanted(conv)) problems.push_back({conv, static_cast<double>(each.count) * static_cast<double>(flop(conv))});
  }
  return problems;
}

Problems gemms(const char* suite) {
  Problems problems;
  const auto cases = standard_suite(suite).value().cases;
  for (const SuiteCase& each : cases)
    if (std::holds_alternative<GemmProblem>(each.problem)) problems.push_back({each.problem});
  return problems;
}

bool is_any(const ConvProblem&) {
  return true;
}
/// No network needs the gradient of its images.
bool is_inner(const ConvProblem& conv) {
  return conv.c > 3;
}

}  // namespace

std::vector<LibraryTable> library_tables() {
  const std::vector<int> large{512, 1024, 2048, 4096};
  std::vector<LibraryTable> tables{
      {.title = "Squares against OpenBLAS",
       .rivals = {{"openblas"}},
       .problems = squares({"f32", "f64"}, {256, 512, 1024, 2048, 4096}),
       .aim = 1.0,
       .judged = Judged::every_line,
       .threads = {1, 2},
       .beside = {}},
      {.title = "f32 squares against the best of OpenBLAS, BLIS and oneDNN, packed inside enqueue",
       .rivals = {{"openblas"}, {"blis"}, {"onednn"}},
       .problems = squares({"f32"}, large),
       .aim = 0.97,
       .judged = Judged::mean},
      {.title = "DeepBench training GEMM against OpenBLAS",
       .rivals = {{"openblas"}},
       .problems = gemms("deepbench_train"),
       .aim = 1.1,
       .judged = Judged::mean,
       .threads = {2},
       .beside = {}},
      {.title = "ResNet-50 forward against oneDNN",
       .rivals = {{"onednn"}},
       .problems = convolutions("resnet50", ConvDirection::fwd, is_any),
       .aim = 0.95,
       .judged = Judged::mean},
      {.title = "ResNet-50 bwd_data against oneDNN",
       .rivals = {{"onednn"}},
       .problems = convolutions("resnet50", ConvDirection::bwd_data, is_inner),
       .aim = 0.9,
       .judged = Judged::mean},
      {.title = "ResNet-50 bwd_weights against oneDNN",
       .rivals = {{"onednn"}},
       .problems = convolutions("resnet50", ConvDirection::bwd_weights, is_any),
       .aim = 0.9,
       .judged = Judged::mean},
      {.title = "VGG-16 against oneDNN's Winograd",
       .rivals = {{"onednn", "conv=winograd"}},
       .problems = convolutions("vgg16", ConvDirection::fwd, is_inner),
       .aim = 0.9,
       .judged = Judged::mean},
  };
  for (const char* dtype : {"bf16", "u8", "i8"})
    tables.push_back({.title = fmt::format("{} squares against oneDNN, both with packed weights", dtype),
                      .options = "weights=prepacked",
                      .rivals = {{"onednn", "weights=prepacked"}},
                      .problems = squares({dtype}, large),
                      .aim = 0.95,
                      .judged = Judged::mean,
                      .second = SecondOperand::fixed});
  return tables;
}

std::vector<LimitTable> limit_tables() {
  const auto problem = [](const char* id) { return parse_case_id(id).value(); };
  return {
      {"f32 2048³", Limit::register_peak, {problem("gemm:f32:NN:2048x2048x2048")}, 0.92},
      {"Few rows",
       Limit::read_bandwidth,
       {problem("gemm:f32:NN:1x4096x4096"), problem("gemm:f32:NN:4x4096x4096"), problem("gemm:f32:NN:8x4096x4096")},
       0.85},
  };
}

}  // namespace chipfit::bench
