#include "kernels/oracle/elementwise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "kernels/oracle/grade.hpp"
#include "kernels/oracle/positions.hpp"
#include "kernels/oracle/products.hpp"
#include "kernels/oracle/samples.hpp"

namespace chipfit::oracle {
namespace {

/// Fewer positions say nothing of the accumulator.
constexpr std::int64_t kFewestForBits = 16;

/// Significand bits that the math mode leaves the inputs: those of the type itself in strict mode.
int allowed_input_bits(const Problem& problem) {
  switch (math(problem)) {
    case Math::strict:
      break;
    case Math::tf32:
    case Math::f16:
      return info(Dtype::f16).significand_bits;
    case Math::relaxed:
    case Math::bf16:
      return info(Dtype::bf16).significand_bits;
  }
  return info(dtypes(problem).a).significand_bits;
}

/// The smallest number above zero of a type that keeps IEEE's rule for exponents.
double smallest(Dtype dtype) {
  return std::ldexp(1.0, 2 - std::ilogb(info(dtype).largest_finite) - info(dtype).significand_bits);
}

class Bound {
 public:
  Bound(const Claim& claim, const std::vector<Sample>& samples)
      : types_(dtypes(claim.problem)), terms_(static_cast<double>(claim.terms.size())) {
    const Math mode = math(claim.problem);
    if (mode != Math::strict) input_ = 4 * std::ldexp(1.0, -allowed_input_bits(claim.problem));
    if (mode == Math::f16 || mode == Math::relaxed) tiny_input_ = smallest(Dtype::f16);
    if (std::holds_alternative<ConvProblem>(claim.problem)) norm_wise_ = norm_wise(claim, samples);
  }

  double of(const Sample& s) const {
    const double u = std::ldexp(1.0, -accumulation_bits(types_));
    const double length = s.products + terms_;
    const double gamma = 2 * length * u < 1 ? 2 * length * u / (1 - 2 * length * u) : HUGE_VAL;
    const double sum = std::min(gamma, 6 * std::sqrt(length) * u) + input_;
    const double arithmetic = std::max(sum * s.size + tiny_input_ * s.inputs, norm_wise_);
    return info(types_.out).unit_roundoff * s.results + terms_ * smallest(types_.out) + arithmetic;
  }

 private:
  DtypeCombo types_;
  double terms_, input_ = 0, tiny_input_ = 0, norm_wise_ = 0;

  /// Seven times what check 2 allows in the median, its own limit for a single row. Without the rounding of a narrow
  /// output, which has its place in the component-wise bound.
  static double norm_wise(const Claim& claim, const std::vector<Sample>& samples) {
    ConvProblem wide = std::get<ConvProblem>(claim.problem);
    wide.dtypes.out = wide.dtypes.acc;
    double squares = 0, products = 0;
    for (const Sample& s : samples) {
      squares += s.squares;
      products += s.products;
    }
    const auto terms = static_cast<std::int64_t>(claim.terms.size());
    const double length = static_cast<double>(products_per_output(wide)) * static_cast<double>(terms);
    return 7 * grade_limit(wide, terms) * info(wide.dtypes.acc).unit_roundoff *
           std::sqrt(squares / std::max(products, 1.0) * length);
  }
};

/// An input rounding and the squared error that it leaves unexplained.
struct Explained {
  int bits;
  double left;
};

/// The input rounding that explains three quarters of the squared error or more, if one does.
std::optional<Explained> find_input_rounding(const Claim& claim, const std::vector<Sample>& samples, double seen,
                                             double hidden) {
  std::set<int> candidates;
  for (const DtypeInfo& type : all_dtypes()) {
    if (!type.is_integer && type.significand_bits < info(dtypes(claim.problem).a).significand_bits) {
      candidates.insert(type.significand_bits);
    }
  }
  std::optional<Explained> best;
  for (const int bits : candidates) {
    for (const InputRounding rounding : {InputRounding::nearest, InputRounding::toward_zero}) {
      const double left = squared_error_beside(rounding, bits, claim, samples) - hidden;
      if (left < seen / 4 && (!best || left < best->left)) best = Explained{bits, std::max(left, 0.0)};
    }
  }
  return best;
}

std::optional<double> implied_bits(const Claim& claim, std::vector<Sample> samples) {
  const DtypeCombo& types = dtypes(claim.problem);
  const bool narrow = info(types.out).significand_bits < info(types.acc).significand_bits;
  if (info(types.acc).is_integer || samples.size() < kFewestForBits) return {};
  if (narrow && (claim.c0 != nullptr || claim.terms.size() > 1)) return {};

  double squares = 0, hidden = 0, walk = 0;
  const auto sum_up = [&] {
    squares = hidden = walk = 0;
    for (const Sample& s : samples) {
      squares += s.error * s.error;
      walk += s.walk;
      if (narrow) hidden += s.last_rounding * s.last_rounding;
    }
  };
  const int declared = info(types.acc).significand_bits;
  const auto bits = [&](double error) {
    if (error <= 0) return static_cast<double>(declared);
    return std::min<double>(declared, -std::log2(std::sqrt(error / walk) / kRounding));
  };
  sum_up();
  if (!(squares > 2 * hidden)) return {};
  const double whole = bits(squares - hidden);
  if (whole > declared - 2) return whole;

  // Well short of what was declared: seen on a few positions, was it the inputs?
  constexpr std::size_t enough = 64;
  if (samples.size() > enough) {
    std::vector<Sample> some;
    for (std::size_t i = 0; i < enough; ++i) some.push_back(samples[i * samples.size() / enough]);
    samples = std::move(some);
    sum_up();
  }
  const auto rounding = find_input_rounding(claim, samples, squares - hidden, hidden);
  if (!rounding) return whole;
  const double left = bits(rounding->left);
  return rounding->bits >= allowed_input_bits(claim.problem) ? left : std::min<double>(left, rounding->bits);
}

Elementwise compare_integers(const Claim& claim, const std::vector<Sample>& samples) {
  Elementwise result;
  for (const Sample& s : samples) {
    const double error = std::fabs(std::remainder(s.error, 0x1p32));
    if (error == 0) continue;
    result.err_backward = std::max(result.err_backward, error / s.size);
    result.of_bound = HUGE_VAL;
    if (result.finding != Finding::ok) continue;
    result.finding = Finding::incorrect;
    result.reason = fmt::format("output {} ({}) is {} where {} is expected modulo 2^32", s.flat,
                                describe_position(claim.problem, s.flat), s.value, s.expected);
  }
  return result;
}

}  // namespace

std::int64_t elementwise_positions(const Problem& problem, std::int64_t terms) {
  const auto outputs = static_cast<double>(operands(problem).out.elements);
  const double each = std::max(1.0, static_cast<double>(products_per_output(problem)) * static_cast<double>(terms));
  const double affordable = std::min({1000.0, 0x1p22 / each, outputs * 0x1p-14});
  const double fewest = std::min(std::clamp(0x1p18 / each, 16.0, 64.0), std::max(0x1p26 / each, 1.0));
  return static_cast<std::int64_t>(std::min(outputs, std::max(affordable, fewest)));
}

Elementwise check_elementwise(const Claim& claim, Seed secret, int threads) {
  const auto terms = static_cast<std::int64_t>(claim.terms.size());
  const auto positions = secret_positions(claim.problem, elementwise_positions(claim.problem, terms), secret);
  const std::vector<Sample> samples = measure_samples(claim, positions, threads);
  Elementwise result;
  if (info(dtypes(claim.problem).acc).is_integer) {
    result = compare_integers(claim, samples);
    result.positions = static_cast<std::int64_t>(samples.size());
    return result;
  }
  result.positions = static_cast<std::int64_t>(samples.size());

  const auto not_finite =
      std::count_if(samples.begin(), samples.end(), [](const Sample& s) { return !std::isfinite(s.value); });
  if (not_finite > 0) {
    result.finding = Finding::not_finite;
    result.reason = fmt::format("{} of {} sampled outputs are NaN or infinite", not_finite, samples.size());
    return result;
  }

  const Bound bound(claim, samples);
  std::int64_t beyond = 0;
  const Sample* worst = nullptr;
  for (const Sample& s : samples) {
    const double error = std::fabs(s.error);
    if (s.size > 0) result.err_backward = std::max(result.err_backward, error / s.size);
    const double share = error / bound.of(s);
    beyond += share <= 1 ? 0 : 1;
    if (!(share <= result.of_bound)) {
      result.of_bound = share;
      worst = &s;
    }
  }
  result.acc_bits_implied = implied_bits(claim, samples);
  if (beyond > 0) {
    result.finding = Finding::precision;
    result.reason = fmt::format(
        "output {} ({}) is {} where {} is expected: its error {:.3g} is beyond {:.3g}, as are {} of {} outputs sampled",
        worst->flat, describe_position(claim.problem, worst->flat), worst->value, worst->expected,
        std::fabs(worst->error), bound.of(*worst), beyond, samples.size());
  }
  return result;
}

}  // namespace chipfit::oracle
