#include "kernels/cpu/gemm.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>

#include "kernels/cpu/skinny_gemm.hpp"
#include "kernels/cpu/tune.hpp"
#include "kernels/oracle/oracle.hpp"
#include "kernels/oracle/reference.hpp"
#include "kernels/problem/case_id.hpp"
#include "tests/unit/cpu/whole_numbers.hpp"

namespace chipfit::cpu {
namespace {

/// Every instruction set of this build that this processor has.
std::set<std::string> instruction_sets() {
  std::set<std::string> names;
  for (const MicroKernel* kernel : micro_kernels())
    if (cpu_has(kernel->needs)) names.insert(std::string(kernel->isa));
  return names;
}

std::vector<char> operand(Dtype type, std::int64_t elements, std::mt19937& random) {
  const std::vector<double> values = whole_numbers(type, elements, random);
  std::vector<char> data(static_cast<std::size_t>(elements * info(type).bytes));
  for (std::int64_t i = 0; i < elements; ++i) store(type, data.data(), i, values[static_cast<std::size_t>(i)]);
  return data;
}

/// The result on whole numbers and that of the reference kernel are the same in every element.
template <class Made>
void expect_right(const GemmProblem& problem, Result<Made> gemm, std::mt19937& random) {
  const Operands all = operands(problem);
  ASSERT_TRUE(gemm);
  // Again with other data at other addresses: nothing may be left of the first run.
  for (int run = 0; run < 2; ++run) {
    const auto a = operand(all.in[0].dtype, all.in[0].elements, random);
    const auto b = operand(all.in[1].dtype, all.in[1].elements, random);
    auto c = problem.accumulate == Accumulate::add ? operand(all.out.dtype, all.out.elements, random)
                                                   : poisoned(all.out.dtype, all.out.elements);
    auto expected = c;
    oracle::reference(problem, a.data(), b.data(), expected.data(), 1);
    gemm->run(a.data(), b.data(), c.data());
    for (std::int64_t i = 0; i < all.out.elements; ++i)
      ASSERT_EQ(load(all.out.dtype, c.data(), i), load(all.out.dtype, expected.data(), i))
          << case_id(problem) << " " << gemm->algorithm() << " element " << i;
  }
}

GemmProblem random_problem(const DtypeCombo& dtypes, std::mt19937& random, int largest) {
  std::uniform_int_distribution<int> extent(1, largest);
  GemmProblem p;
  p.m = extent(random), p.n = extent(random), p.k = extent(random), p.batch = random() % 4 == 0 ? 3 : 1;
  p.trans_a = static_cast<Transpose>(random() % 2), p.trans_b = static_cast<Transpose>(random() % 2);
  p.dtypes = dtypes;
  p.accumulate = static_cast<Accumulate>(random() % 2);
  return p;
}

class GemmOnEveryInstructionSet : public testing::TestWithParam<std::string> {
 protected:
  /// Every combination that the instruction set has on this processor: AVX-512 may come without VNNI.
  static std::vector<DtypeCombo> combos() {
    std::vector<DtypeCombo> known(all_combos().begin(), all_combos().end());
    std::erase_if(known, [](const DtypeCombo& c) { return find_micro_kernel(c.a, c.b, GetParam()) == nullptr; });
    return known;
  }
};

TEST_P(GemmOnEveryInstructionSet, IsExactOnWholeNumbersInEveryTypeAndShape) {
  std::mt19937 random(7);
  ThreadTeam team(1);
  for (const DtypeCombo& dtypes : combos())
    for (int i = 0; i < 16; ++i) {
      const auto plan = plan_gemm(random_problem(dtypes, random, i < 12 ? 40 : 130), 1, GetParam());
      ASSERT_TRUE(plan);
      expect_right(plan->problem, Gemm::make(*plan, team), random);
    }
}

TEST_P(GemmOnEveryInstructionSet, IsExactHoweverThreadsDivideIt) {
  std::mt19937 random(11);
  for (const int threads : {2, 3}) {
    ThreadTeam team(threads);
    for (const DtypeCombo& dtypes : combos())
      for (int i = 0; i < 2; ++i) {
        auto plan = plan_gemm(random_problem(dtypes, random, 150), threads, GetParam());
        ASSERT_TRUE(plan);
        if (i % 2) plan->blocking = {plan->kernel->mr, plan->kernel->group * std::int64_t{10}, plan->kernel->nr};
        expect_right(plan->problem, Gemm::make(*plan, team), random);
      }
  }
}

TEST_P(GemmOnEveryInstructionSet, IsExactInBlocksOfAnySize) {
  std::mt19937 random(8);
  ThreadTeam team(1);
  for (const DtypeCombo& dtypes : combos())
    for (int i = 0; i < 12; ++i) {
      auto plan = plan_gemm(random_problem(dtypes, random, 150), 1, GetParam());
      ASSERT_TRUE(plan);
      const MicroKernel& kernel = *plan->kernel;
      const auto some = [&](int unit) { return static_cast<std::int64_t>(1 + random() % 3) * unit; };
      plan->blocking = {some(kernel.mr), some(kernel.group * 5), some(kernel.nr)};
      expect_right(plan->problem, Gemm::make(*plan, team), random);
    }
}

TEST_P(GemmOnEveryInstructionSet, IsExactWhereOneOperandIsStreamed) {
  std::mt19937 random(9);
  for (const int threads : {1, 2}) {
    ThreadTeam team(threads);
    for (const DtypeCombo& dtypes : combos())
      for (int i = threads == 1 ? 0 : 22; i < 24; ++i) {
        GemmProblem p = random_problem(dtypes, random, i < 20 ? 150 : 5000);
        (i % 2 ? p.m : p.n) = 1 + i % kMostStreamed;
        if (i >= 20) p.k = 1 + p.k % 40;
        ASSERT_TRUE(SkinnyGemm::fits(p));
        expect_right(p, SkinnyGemm::make(p, team, GetParam()), random);
      }
  }
}

INSTANTIATE_TEST_SUITE_P(All, GemmOnEveryInstructionSet, testing::ValuesIn(instruction_sets()),
                         [](const auto& test) { return test.param; });

TEST(Gemm, RefusesTypesThatItDoesNotMultiply) {
  GemmProblem p{.m = 4, .n = 4, .k = 4};
  p.dtypes = {Dtype::f32, Dtype::f64, Dtype::f64, Dtype::f64};
  const auto plan = plan_gemm(p, 1);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, Error::Kind::unavailable);
  EXPECT_FALSE(plan_gemm(GemmProblem{.m = 4, .n = 4, .k = 4}, 1, "abacus"));
}

TEST(Gemm, PrepackedWeightsArePackedOncePerAddress) {
  ThreadTeam team(2);
  const GemmProblem p{.m = 30, .n = 70, .k = 50};
  auto gemm = Gemm::make(*plan_gemm(p, 2), team, Weights::prepacked);
  ASSERT_TRUE(gemm);
  const std::vector<float> a(30 * 50, 1.0f);
  std::vector<float> b(50 * 70, 2.0f), c(30 * 70);
  gemm->run(a.data(), b.data(), c.data());
  EXPECT_EQ(c, std::vector<float>(30 * 70, 100.0f));
  b.assign(b.size(), 3.0f);  // the same address: not seen, which is why only a bench may ask for it
  gemm->run(a.data(), b.data(), c.data());
  EXPECT_EQ(c, std::vector<float>(30 * 70, 100.0f));
  const std::vector<float> other = b;
  gemm->run(a.data(), other.data(), c.data());
  EXPECT_EQ(c, std::vector<float>(30 * 70, 150.0f));
}

TEST_P(GemmOnEveryInstructionSet, IsExactWithWhateverTuningChooses) {
  std::mt19937 random(10);
  ThreadTeam team(1);
  TunedPlans plans;
  for (const DtypeCombo& dtypes : combos())
    for (int i = 0; i < 3; ++i) {
      const auto plan = plan_gemm(random_problem(dtypes, random, 150), 1, GetParam());
      ASSERT_TRUE(plan);
      const GemmPlan tuned = plans.tuned(*plan, team, 1e-3);
      EXPECT_TRUE(tuned.measured);
      expect_right(tuned.problem, Gemm::make(tuned, team), random);
    }
}

TEST(TunedPlans, LeaveThePlanAloneWithoutTime) {
  ThreadTeam team(1);
  const auto plan = plan_gemm(GemmProblem{.m = 40, .n = 40, .k = 40}, 1);
  ASSERT_TRUE(plan);
  const GemmPlan same = TunedPlans{}.tuned(*plan, team, 0);
  EXPECT_FALSE(same.measured);
  EXPECT_EQ(same.blocking, plan->blocking);
}

TEST(EvenBlock, CoversTheExtentInEqualUnits) {
  EXPECT_EQ(even_block(100, 64, 14), 56);  // 8 panels: two blocks of 4
  EXPECT_EQ(even_block(100, 1000, 14), 112);
  EXPECT_EQ(even_block(100, 3, 14), 14);     // never less than one unit
  EXPECT_EQ(even_block(2048, 384, 1), 342);  // 6 blocks
}

}  // namespace
}  // namespace chipfit::cpu
