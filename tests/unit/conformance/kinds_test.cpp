#include "harness/conformance/kinds.hpp"

#include <gtest/gtest.h>

#include <set>

#include "harness/conformance/data.hpp"
#include "kernels/problem/case_id.hpp"
#include "kernels/problem/convert.hpp"

namespace chipfit::conformance {
namespace {

TEST(Kinds, EveryKindHasANameOfItsOwnWithoutExtents) {
  std::set<std::string> names;
  for (const Kind& kind : all_kinds()) EXPECT_TRUE(names.insert(name(kind)).second) << name(kind);
  const auto combos = all_combos().size();
  EXPECT_EQ(names.size(), combos * (4 * 2 + 3 * 2 * 2) + 4 + 3 * 4);
  EXPECT_TRUE(names.contains("gemm:bf16:TN:acc"));
  EXPECT_TRUE(names.contains("conv_fwd:f32:nhwc:tf32"));
}

TEST(Kinds, EveryProblemIsValidAndOfItsKind) {
  Dice dice({1, 2});
  for (const Kind& kind : all_kinds())
    for (const Problem& problem : {plain_problem(kind), fuzzed_problem(kind, dice), fuzzed_problem(kind, dice)}) {
      EXPECT_TRUE(validate(problem)) << case_id(problem);
      EXPECT_LE(flop(problem), 1 << 22) << case_id(problem);
      EXPECT_EQ(op_name(problem), op_name(kind.like)) << case_id(problem);
      EXPECT_EQ(dtypes(problem), dtypes(kind.like)) << case_id(problem);
      EXPECT_EQ(math(problem), math(kind.like)) << case_id(problem);
      EXPECT_EQ(accumulate(problem), accumulate(kind.like)) << case_id(problem);
    }
}

TEST(Kinds, FuzzingReachesTheShapesThatBreakTiles) {
  Dice dice({3, 4});
  const Kind gemm{GemmProblem{.m = 1, .n = 1, .k = 1}};
  int ones = 0, tails = 0, batches = 0, squares = 0;
  for (int i = 0; i < 300; ++i) {
    const auto problem = std::get<GemmProblem>(fuzzed_problem(gemm, dice));
    ones += problem.m == 1 || problem.n == 1 || problem.k == 1;
    tails += problem.m % 16 != 0 || problem.n % 16 != 0;
    batches += problem.batch > 1;
    squares += problem.n == problem.k;
  }
  EXPECT_GT(ones, 10);
  EXPECT_GT(tails, 200);
  EXPECT_GT(batches, 20);
  EXPECT_GT(squares, 50) << "products of products need B to be square";
}

TEST(Kinds, TheSameSeedGivesTheSameProblemsAndData) {
  const Kind kind{ConvProblem{}};
  Dice one({7, 0}), two({7, 0}), other({8, 0});
  const Problem problem = fuzzed_problem(kind, one);
  EXPECT_EQ(case_id(problem), case_id(fuzzed_problem(kind, two)));
  EXPECT_EQ(make_data(problem, Filling::exact, 1, seed_of_case(7, problem)).in[0][0],
            make_data(problem, Filling::exact, 1, seed_of_case(7, problem)).in[0][0]);
  EXPECT_NE(make_data(problem, Filling::uniform, 1, seed_of_case(7, problem)).in[0][0],
            make_data(problem, Filling::uniform, 1, seed_of_case(8, problem)).in[0][0]);
  bool differs = false;
  for (int i = 0; i < 8; ++i)
    differs = differs || case_id(fuzzed_problem(kind, one)) != case_id(fuzzed_problem(kind, other));
  EXPECT_TRUE(differs);
}

TEST(SignedPermutations, EveryRowAndColumnHasOneOneOfEitherSign) {
  for (const Transpose trans : {Transpose::no, Transpose::yes}) {
    const GemmProblem gemm{.m = 2, .n = 5, .k = 5, .batch = 2, .trans_b = trans};
    const Bytes b = signed_permutations(gemm, {1, 1});
    for (std::int64_t batch = 0; batch < 2; ++batch)
      for (std::int64_t line = 0; line < 5; ++line) {
        double row = 0, column = 0;
        for (std::int64_t i = 0; i < 5; ++i) {
          row += std::abs(load(Dtype::f32, b.data(), batch * 25 + line * 5 + i));
          column += std::abs(load(Dtype::f32, b.data(), batch * 25 + i * 5 + line));
        }
        EXPECT_EQ(row, 1);
        EXPECT_EQ(column, 1);
      }
  }
}

}  // namespace
}  // namespace chipfit::conformance
