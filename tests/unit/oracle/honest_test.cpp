// Honest results in any order of summation pass both checks, on every dtype, direction, layout and awkward shape.
#include "honest.hpp"

#include <gtest/gtest.h>

#include "kernels/oracle/elementwise.hpp"
#include "kernels/oracle/reference.hpp"

namespace chipfit::oracle {
namespace {

std::int64_t pick(std::mt19937_64& random, std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(high - low + 1));
}

/// Mostly small, sometimes 1, sometimes long in one direction.
std::int64_t extent(std::mt19937_64& random, std::int64_t high) {
  switch (random() % 4) {
    case 0:
      return 1;
    case 1:
      return pick(random, 1, 3);
    default:
      return pick(random, 1, high);
  }
}

Problem random_problem(std::mt19937_64& random) {
  const DtypeCombo combo = all_combos()[random() % all_combos().size()];
  const Accumulate add = random() % 3 == 0 ? Accumulate::add : Accumulate::overwrite;
  if (random() % 2 == 0) {
    GemmProblem g;
    g.m = extent(random, 24);
    g.n = extent(random, 24);
    g.k = extent(random, 40);
    switch (random() % 12) {
      case 0:
        g.m = pick(random, 50, 400), g.n = pick(random, 1, 2);
        break;
      case 1:
        g.n = pick(random, 50, 400), g.m = pick(random, 1, 2);
        break;
      case 2:
        g.k = pick(random, 200, 2000), g.m = pick(random, 1, 3), g.n = pick(random, 1, 3);
        break;
      default:
        break;
    }
    g.batch = random() % 3 == 0 ? pick(random, 2, 4) : 1;
    g.trans_a = random() % 2 == 0 ? Transpose::no : Transpose::yes;
    g.trans_b = random() % 2 == 0 ? Transpose::no : Transpose::yes;
    g.dtypes = combo;
    g.accumulate = add;
    return g;
  }
  for (;;) {
    ConvProblem p;
    constexpr ConvDirection directions[] = {ConvDirection::fwd, ConvDirection::bwd_data, ConvDirection::bwd_weights};
    p.direction = directions[random() % 3];
    p.layout = random() % 2 == 0 ? Layout::nchw : Layout::nhwc;
    p.groups = random() % 3 == 0 ? pick(random, 2, 3) : 1;
    p.n = extent(random, 4);
    p.c = p.groups * extent(random, 5);
    p.k = p.groups * extent(random, 5);
    p.h = extent(random, 8);
    p.w = extent(random, 8);
    p.r = pick(random, 1, 3);
    p.s = pick(random, 1, 3);
    p.pad_h = pick(random, 0, 2);
    p.pad_w = pick(random, 0, 2);
    p.stride_h = pick(random, 1, 3);
    p.stride_w = pick(random, 1, 3);
    p.dil_h = pick(random, 1, 2);
    p.dil_w = pick(random, 1, 2);
    p.dtypes = combo;
    p.accumulate = add;
    if (validate(p)) return p;
  }
}

TEST(Honest, TenThousandRandomTrialsWithoutAFalseAlarm) {
  std::mt19937_64 random(20'240'601);
  for (std::uint64_t trial = 0; trial < 10'000; ++trial) {
    const Problem problem = random_problem(random);
    const Data data = trial % 3 == 0 ? Data::exact : Data::uniform;
    const int terms = accumulate(problem) == Accumulate::add ? static_cast<int>(pick(random, 1, 3)) : 1;
    Trial t = make_trial(problem, data, trial, terms);
    const bool fp8 = accumulation_bits(dtypes(problem)) == 14;
    compute(t, {.order = static_cast<Order>(trial % (fp8 ? 6 : 5))}, trial);
    const Seed secret{trial, 99};
    const Report report = data == Data::exact ? check_exact(t.claim(), secret, 1) : check_grade(t.claim(), secret, 1);
    ASSERT_EQ(report.finding, Finding::ok)
        << case_id(problem) << " trial " << trial << " terms " << terms << ": " << report.reason << " ("
        << report.method << ", E " << report.e << ", limit " << report.limit << ")";
    const Elementwise seen = check_elementwise(t.claim(), secret, 1);
    ASSERT_EQ(seen.finding, Finding::ok) << case_id(problem) << " trial " << trial << ": " << seen.reason;
  }
}

TEST(Honest, LongSumsOfFewOutputsPass) {
  for (const char* id :
       {"gemm:f32:NN:1x1x100000", "gemm:f32:TN:2x3x100000", "gemm:f64:NN:3x2x100000", "gemm:bf16:NT:2x2x100000",
        "gemm:f16:NN:1x3x100000", "gemm:f16-f32-f32:NN:2x2x100000", "gemm:i8:NN:2x2x100000", "gemm:u8:NT:2x2x100000",
        "gemm:e4m3-f32-f32:NN:2x2x100000", "gemm:e5m2:NN:2x2x100000"}) {
    for (const Data data : {Data::exact, Data::uniform}) {
      for (std::uint64_t seed = 0; seed < 5; ++seed) {
        Trial t = make_trial(id, data, seed);
        compute(t, {.order = static_cast<Order>(seed)}, seed);
        const Report report =
            data == Data::exact ? check_exact(t.claim(), {seed, 1}, 2) : check_grade(t.claim(), {seed, 1}, 2);
        EXPECT_EQ(report.finding, Finding::ok) << id << ": " << report.reason;
      }
    }
  }
}

TEST(Honest, Fp8SumsOfFourteenBitsPassAtEveryLength) {
  for (const char* combo : {"e4m3-f32-f32", "e5m2-f32-f32", "e4m3+e5m2-f32-f32", "e4m3"}) {
    for (const char* shape :
         {"300x40x2", "300x40x5", "200x40x17", "100x40x64", "64x40x500", "24x16x4000", "4x5x40000"}) {
      for (const Data data : {Data::exact, Data::uniform}) {
        Trial t = make_trial("gemm:" + std::string(combo) + ":NN:" + shape, data, 4);
        compute(t, {.order = Order::aligned});
        const Report report =
            data == Data::exact ? check_exact(t.claim(), {4, 1}, 2) : check_grade(t.claim(), {4, 1}, 2);
        EXPECT_EQ(report.finding, Finding::ok) << combo << shape << ": " << report.reason << " E " << report.e;
      }
    }
  }
}

TEST(Honest, ManyRowsOfOneColumnPass) {
  // Rows without any averaging over a block: the heaviest tails that an honest result has.
  for (const char* id : {"gemm:f32:NN:20000x1x300", "gemm:bf16:NN:50000x1x64", "gemm:f16:NN:50000x1x3",
                         "gemm:bf16:NN:1x50000x1", "gemm:f16-f32-f32:NN:50000x1x6", "gemm:f32:NN:50000x1x1",
                         "gemm:e4m3-f32-f32:NN:50000x1x6", "gemm:e5m2:NN:50000x1x3"}) {
    Trial t = make_trial(id, Data::uniform);
    compute(t);
    const Report report = check_grade(t.claim(), {1, 1}, 2);
    EXPECT_EQ(report.finding, Finding::ok) << id << ": " << report.reason;
  }
}

TEST(Honest, LongAccumulationInANarrowOutputPasses) {
  for (const char* id : {"gemm:bf16:NN:24x24x32:acc", "gemm:f16:NT:24x24x32:acc", "gemm:f32:NN:24x24x32:acc",
                         "conv_fwd:bf16:nhwc:n2c4h6w6:k8r3s3:p1x1:acc", "gemm:e4m3:NN:24x24x32:acc"}) {
    Trial t = make_trial(id, Data::uniform, 3, 100);
    compute(t);
    const Report report = check_grade(t.claim(), {1, 1}, 1);
    EXPECT_EQ(report.finding, Finding::ok) << id << ": " << report.reason;
  }
}

TEST(Honest, ExactAccumulationUpToSixteenTermsPasses) {
  for (const char* id : {"gemm:f32:NN:9x9x700:acc", "gemm:bf16:NN:9x9x700:acc", "gemm:f16:NN:9x9x700:acc",
                         "gemm:i8:NN:9x9x700:acc", "gemm:f64:NN:9x9x700:acc", "gemm:u8:NN:9x9x700:acc",
                         "gemm:e4m3-f32-f32:NN:9x9x700:acc", "gemm:e5m2:NN:9x9x700:acc"}) {
    Trial t = make_trial(id, Data::exact, 3, 16);
    compute(t);
    EXPECT_EQ(check_exact(t.claim(), {1, 1}, 1).finding, Finding::ok) << id;
  }
}

TEST(Honest, GradesLieInTheDocumentedRange) {
  Trial t = make_trial("gemm:f32:NN:96x96x512", Data::uniform);
  compute(t);
  const Report sequential = check_grade(t.claim(), {1, 1}, 1);
  EXPECT_GT(sequential.e, 2);
  EXPECT_LT(sequential.e, 20);
  compute(t, {.order = Order::pairwise});
  EXPECT_LT(check_grade(t.claim(), {1, 1}, 1).e, sequential.e / 2);
  compute(t, {.input_bits = 8});
  EXPECT_NEAR(check_grade(t.claim(), {1, 1}, 1).e, 3.6e4, 1.2e4);
}

TEST(Honest, WhatIsTooMuchWorkToContractIsSampled) {
  Trial t = make_trial("conv_fwd:f32:nhwc:n1c16h168w168:k1r21s21", Data::exact);
  reference(t.problem, t.a[0].data(), t.b[0].data(), t.out.data(), 2);
  const auto exact = [](const Claim& claim, Seed secret, int threads) { return check_exact(claim, secret, threads); };
  using Check = Report (*)(const Claim&, Seed, int);
  for (const Check check : {Check{exact}, Check{check_grade}}) {
    const Report report = check(t.claim(), {1, 1}, 2);
    EXPECT_EQ(report.finding, Finding::ok) << report.reason;
    EXPECT_EQ(report.method, "sampled-reference");
  }
  const std::int64_t columns = std::get<ConvProblem>(t.problem).q();
  for (std::int64_t i = 0; i < columns; ++i) t.set(i, t.get(i) + 1e5);  // one border row
  for (const Check check : {Check{exact}, Check{check_grade}})
    EXPECT_NE(check(t.claim(), {1, 1}, 2).finding, Finding::ok);
}

}  // namespace
}  // namespace chipfit::oracle
