#include <algorithm>
#include <cmath>

#include "kernels/oracle/fill.hpp"
#include "kernels/oracle/products.hpp"

namespace chipfit::oracle {
namespace {

/// Products that an accumulated batch may add up in one output.
constexpr std::int64_t kAccumulatedTerms = 16;

/// Largest integer magnitude that a type holds without gaps below, kept to 30 bits for the generator.
std::int64_t largest_input(Dtype dtype, Math math) {
  const DtypeInfo& type = info(dtype);
  if (type.is_integer) return static_cast<std::int64_t>(type.largest_finite);
  switch (math) {
    case Math::strict:
      break;
    case Math::tf32:
    case Math::f16:
      return 1 << 11;
    case Math::relaxed:
    case Math::bf16:
      return 1 << 8;
  }
  return std::int64_t{1} << std::min(type.significand_bits, 30);
}

/// Largest |sum| for which everything stays exact in the accumulators that devices have for the types.
double largest_sum(const DtypeCombo& types) {
  if (info(types.acc).is_integer) return 0x1p31 - 1;
  // f64: a bit less than 2^53, the range of the integer conversion in the check.
  if (types.acc == Dtype::f64) return 0x1p50;
  const int kept = accumulation_bits(types);
  // Shorter accumulators are known from measurements only: two bits are left to spare.
  return kept < info(types.acc).significand_bits ? std::ldexp(1, kept - 2) : 0x1p24;
}

/// Variance of the uniform distribution on ±1 … ±m.
double variance(std::int64_t m) {
  const auto x = static_cast<double>(m);
  return (x + 1) * (2 * x + 1) / 6;
}

/// P(|Σ| > t) ≤ 10^-18 for n independent symmetric products of variance v each, bounded by m: Bernstein's inequality,
/// t² ≥ 2·ln(2·10^18)·(n·v + m·t/3).
bool stays_within(double t, double n, double v, double m) {
  constexpr double log_term = 42.14;
  return t * t >= 2 * log_term * (n * v + m * t / 3);
}

/// Integers of equal magnitude whose sums of `products` have a root mean square of at most `size`.
ExactPlan plan_with_headroom(double size, double products, std::int64_t cap, bool adds) {
  ExactPlan plan;
  plan.magnitude_c0 = adds ? static_cast<std::int64_t>(std::min(size, 0x1p20)) : 0;
  // The variance of ±1 … ±m is a little more than m²/3.
  const double most = size / std::sqrt(products);
  auto magnitude = static_cast<std::int64_t>(std::sqrt(3 * std::max(most, 1.0)));
  while (magnitude > 1 && variance(magnitude) > most) --magnitude;
  plan.in[0] = plan.in[1] = {std::clamp<std::int64_t>(magnitude, 1, cap), 1};
  if (most < 1) plan.in[0].density = plan.in[1].density = most;
  return plan;
}

}  // namespace

bool has_inexact_transforms(const Problem& problem) {
  const DtypeCombo& types = dtypes(problem);
  return std::holds_alternative<ConvProblem>(problem) && (types.a == Dtype::f32 || types.a == Dtype::f64) &&
         types == DtypeCombo{types.a, types.a, types.a, types.a};
}

ExactPlan exact_plan(const Problem& problem, Headroom headroom) {
  const DtypeCombo& types = dtypes(problem);
  const bool adds = accumulate(problem) == Accumulate::add;
  const double products = static_cast<double>(products_per_output(problem)) * (adds ? kAccumulatedTerms : 1);
  const std::int64_t cap[2] = {largest_input(types.a, math(problem)), largest_input(types.b, math(problem))};
  if (headroom == Headroom::for_transforms && has_inexact_transforms(problem)) {
    return plan_with_headroom(std::ldexp(1.0, info(types.acc).significand_bits - 14), products,
                              std::min(cap[0], cap[1]), adds);
  }
  const double sum = largest_sum(types);
  const double out_sum =
      info(types.out).is_integer ? sum : std::min(sum, std::ldexp(1.0, info(types.out).significand_bits));
  const bool tight = out_sum < 0x1p24;

  ExactPlan plan;
  plan.magnitude_c0 = adds ? static_cast<std::int64_t>(std::min(out_sum / 16, 0x1p20)) : 0;
  const double room = out_sum - static_cast<double>(plan.magnitude_c0);

  if (!tight) {
    // Certain: products × largest product ≤ room. One operand small and the other large, so that an operand rounded
    // to fewer bits than its type has shows up here too.
    const double budget = std::floor(room / products);
    if (budget >= 1) {
      const auto largest = static_cast<std::int64_t>(std::min(budget, 0x1p60));
      std::int64_t small = std::min<std::int64_t>({3, largest, cap[1]});
      if (info(types.a).is_integer) {
        small = std::min(cap[1], static_cast<std::int64_t>(std::sqrt(static_cast<double>(largest))));
      }
      const std::int64_t large = std::min(cap[0], largest / small);
      plan.in[0] = {large, 1};
      plan.in[1] = {std::min(cap[1], largest / large), 1};
      return plan;
    }
    // Longer sums than the accumulator has integers: a quarter of the room in expected non-zero products leaves a
    // factor of four, which a binomial count of millions never uses up.
    const double density = std::sqrt(room / 4 / products);
    plan.in[0] = plan.in[1] = {1, density};
    return plan;
  }

  const auto within_caps = [&](std::int64_t m, int i) { return std::min(m, cap[i]); };
  const auto fits = [&](std::int64_t m) {
    const std::int64_t m0 = within_caps(m, 0), m1 = within_caps(m, 1);
    const auto largest = static_cast<double>(m0 * m1);
    return products * largest <= room || stays_within(room, products, variance(m0) * variance(m1), largest);
  };
  std::int64_t magnitude = 1;
  while (magnitude + 1 <= std::max(cap[0], cap[1]) && fits(magnitude + 1)) ++magnitude;
  for (int i : {0, 1}) plan.in[i] = {within_caps(magnitude, i), 1};
  if (!fits(magnitude)) {
    constexpr double log_term = 42.14;
    const double variance_left = room * room / (2 * log_term) - room / 3;
    plan.in[0].density = plan.in[1].density = std::sqrt(variance_left / products);
  }
  return plan;
}

}  // namespace chipfit::oracle
