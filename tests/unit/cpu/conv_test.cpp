#include "kernels/cpu/conv/conv.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "kernels/cpu/micro_kernel.hpp"
#include "kernels/problem/case_id.hpp"
#include "kernels/problem/convert.hpp"
#include "tests/unit/cpu/conv_naive.hpp"

namespace chipfit::cpu {
namespace {

/// Operand bytes from numbers, within guard bytes that nothing may write.
struct Guarded {
  static constexpr std::size_t guard = 64;
  std::vector<char> bytes;
  Guarded(Dtype type, const std::vector<double>& values)
      : bytes(2 * guard + values.size() * static_cast<std::size_t>(info(type).bytes), 0x55) {
    for (std::size_t i = 0; i < values.size(); ++i) store(type, data(), static_cast<std::int64_t>(i), values[i]);
  }
  char* data() { return bytes.data() + guard; }
  bool guards_hold() const {
    for (std::size_t i = 0; i < guard; ++i)
      if (bytes[i] != 0x55 || bytes[bytes.size() - 1 - i] != 0x55) return false;
    return true;
  }
};

std::vector<double> small_integers(std::mt19937_64& random, std::int64_t count) {
  std::vector<double> values(static_cast<std::size_t>(count));
  for (double& value : values) value = static_cast<double>(std::uniform_int_distribution<int>(-3, 3)(random));
  return values;
}

/// One team of each size for all tests: starting threads costs more than most of the convolutions here.
ThreadTeam& team_of(int threads) {
  static ThreadTeam one(1), two(2);
  return threads == 1 ? one : two;
}

/// Every candidate of every instruction set, on integers that every type and every order of summation holds exactly.
void expect_exact(ConvProblem problem, std::mt19937_64& random, int threads, double tolerance = 0) {
  const Operands shapes = operands(problem);
  std::vector<double> in0 = small_integers(random, shapes.in[0].elements);
  if (problem.dtypes.a == Dtype::u8)
    for (double& value : in0) value = 252 + value;
  const std::vector<double> in1 = small_integers(random, shapes.in[1].elements),
                            before = small_integers(random, shapes.out.elements);
  std::vector<double> expected = before;
  if (problem.accumulate == Accumulate::overwrite) expected.assign(before.size(), 0);
  test::naive_conv(problem, in0, in1, expected);
  ThreadTeam& team = team_of(threads);
  for (const MicroKernel* kernel : micro_kernels()) {
    if (kernel->a != problem.dtypes.a || kernel->b != problem.dtypes.b || !cpu_has(kernel->needs)) continue;
    const auto candidates = conv_candidates(problem, team, kernel->isa);
    if (!candidates && problem.direction == ConvDirection::bwd_weights && kernel->acc != kernel->a) continue;
    ASSERT_TRUE(candidates) << case_id(problem) << ": " << candidates.error().what;
    for (const ConvCandidate& candidate : *candidates) {
      Guarded a(shapes.in[0].dtype, in0), b(shapes.in[1].dtype, in1), out(shapes.out.dtype, before);
      const ConvProgram program = candidate.make();
      program.run(a.data(), b.data(), out.data());
      if (problem.accumulate == Accumulate::overwrite) program.run(a.data(), b.data(), out.data());
      ASSERT_TRUE(out.guards_hold()) << candidate.algorithm << " " << case_id(problem);
      const double limit = candidate.algorithm.find("winograd") == std::string::npos ? tolerance : 1e-2;
      for (std::size_t i = 0; i < expected.size(); ++i)
        ASSERT_LE(std::fabs(load(shapes.out.dtype, out.data(), static_cast<std::int64_t>(i)) - expected[i]), limit)
            << candidate.algorithm << " " << case_id(problem) << " element " << i << " expected " << expected[i];
    }
  }
}

class ConvShapes : public testing::TestWithParam<std::tuple<ConvDirection, Dtype>> {};

TEST_P(ConvShapes, OfEveryKindAgreeWithTheDefinition) {
  const auto [direction, type] = GetParam();
  std::mt19937_64 random(20240 + static_cast<unsigned>(direction) * 10 + static_cast<unsigned>(type));
  for (int i = 0; i < 60; ++i) {
    ConvProblem problem = test::random_conv(random);
    problem.direction = direction;
    problem.layout = i % 2 == 0 ? Layout::nhwc : Layout::nchw;
    problem.dtypes = *default_combo(type);
    problem.accumulate = i % 3 == 0 ? Accumulate::add : Accumulate::overwrite;
    expect_exact(problem, random, i % 10 == 0 ? 2 : 1);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(ConvShapes, OfWinogradAgreeWithTheDefinitionWhateverIsLeftOverAtTheEdges) {
  std::mt19937_64 random(33);
  const auto pick = [&](std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
  };
  for (int i = 0; i < 60; ++i) {
    ConvProblem problem;
    problem.n = pick(1, 2), problem.c = pick(1, 40), problem.k = pick(1, 70), problem.h = pick(3, 11);
    problem.w = pick(3, 19), problem.r = problem.s = 3, problem.pad_h = pick(0, 3), problem.pad_w = pick(0, 3);
    problem.direction = i % 2 == 0 ? ConvDirection::fwd : ConvDirection::bwd_data;
    problem.layout = i % 4 < 2 ? Layout::nhwc : Layout::nchw;
    problem.accumulate = i % 3 == 0 ? Accumulate::add : Accumulate::overwrite;
    ASSERT_GE(conv_candidates(problem, team_of(1))->size(), 3u);
    expect_exact(problem, random, i % 6 == 0 ? 2 : 1);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(ConvShapes, OfUnsignedPixelsTimesSignedFiltersAgreeWithTheDefinition) {
  std::mt19937_64 random(8);
  for (int i = 0; i < 30; ++i) {
    ConvProblem problem = test::random_conv(random);
    problem.dtypes = {Dtype::u8, Dtype::i8, Dtype::i32, Dtype::i32};
    problem.layout = i % 2 == 0 ? Layout::nhwc : Layout::nchw;
    if (!validate(problem)) continue;
    expect_exact(problem, random, 1);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(ConvShapes, ThatAreMatrixProductsAgreeWithTheDefinitionInBothLayouts) {
  std::mt19937_64 random(11);
  const auto pick = [&](std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
  };
  for (int i = 0; i < 60; ++i) {
    ConvProblem problem;
    problem.n = pick(1, 3), problem.c = pick(1, 40), problem.k = pick(1, 70), problem.h = pick(1, 9);
    problem.w = pick(1, 9);
    problem.direction = std::array{ConvDirection::fwd, ConvDirection::bwd_data, ConvDirection::bwd_weights}[i % 3];
    problem.layout = i % 2 == 0 ? Layout::nchw : Layout::nhwc;
    problem.accumulate = i % 5 == 0 ? Accumulate::add : Accumulate::overwrite;
    expect_exact(problem, random, i % 6 == 0 ? 2 : 1);
    if (testing::Test::HasFatalFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Types, ConvShapes,
                         testing::Combine(testing::Values(ConvDirection::fwd, ConvDirection::bwd_data,
                                                          ConvDirection::bwd_weights),
                                          testing::Values(Dtype::f32, Dtype::f64, Dtype::bf16, Dtype::f16, Dtype::i8)),
                         [](const auto& value) {
                           return std::string(name(std::get<0>(value.param))) + "_" +
                                  to_string(*default_combo(std::get<1>(value.param)));
                         });

}  // namespace
}  // namespace chipfit::cpu
