#include "kernels/oracle/grade.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>

#include "kernels/oracle/products.hpp"

namespace chipfit::oracle {
namespace {

/// Median of |N(0, 1)|.
constexpr double kHalfNormalMedian = 0.6744897501960817;
constexpr double kFalseAlarm = 1e-10;
/// Largest row over the grade that is no sparse fault where transforms leave some positions of their tiles a larger
/// error than others.
constexpr double kTransformed = 40;

// Bounds of the families in units of 2^-24 (measured, see docs/oracle.md).
constexpr double kF32 = 400, kTf32 = 2e4, kBf16 = 2e5, kFp8 = 3e6;

bool is_f64(const Problem& problem) {
  return dtypes(problem).acc == Dtype::f64;
}
double unit(const Problem& problem) {
  return is_f64(problem) ? 0x1p-53 : 0x1p-24;
}
bool has_narrow_output(const Problem& problem) {
  return info(dtypes(problem).out).unit_roundoff > info(dtypes(problem).acc).unit_roundoff;
}

/// What one addition costs in units of the grade: 1, and 2^10 for fp8, whose sums keep 14 bits on Hopper.
double addition_unit(const Problem& problem) {
  const DtypeCombo& types = dtypes(problem);
  return std::ldexp(1, info(types.acc).significand_bits - accumulation_bits(types));
}

/// Rounding of the results to a narrow output type, once for each accumulated term, c0 taking part in each.
double output_rounding(const Problem& problem, std::int64_t terms, double c0_share) {
  if (!has_narrow_output(problem)) return 0;
  const double u = info(dtypes(problem).out).unit_roundoff / unit(problem);
  return kRounding * u * std::sqrt((static_cast<double>(terms) + 1) / 2 + c0_share);
}

/// Limit for the arithmetic alone. `c0_ratio` is the power of c0 over that of one product: a large c0 that takes part
/// in every addition costs more than the products themselves.
double arithmetic_limit(const Problem& problem, std::int64_t terms, double c0_ratio) {
  const double length = static_cast<double>(products_per_output(problem)) * static_cast<double>(terms);
  const double unit_of_addition = addition_unit(problem);
  const double strict = std::max({kF32 * std::max(1.0, std::sqrt(length) / 128), unit_of_addition * std::sqrt(length),
                                  unit_of_addition * 5 * std::sqrt(c0_ratio)});
  switch (math(problem)) {
    case Math::strict:
      break;
    case Math::tf32:
    case Math::f16:
      return std::max(kTf32, strict);
    case Math::relaxed:
    case Math::bf16:
      return std::max(kBf16, strict);
  }
  return strict;
}

double limit_of(const Problem& problem, std::int64_t terms, double c0_ratio, double c0_share) {
  if (info(dtypes(problem).acc).is_integer) return 0;
  const double arithmetic = arithmetic_limit(problem, terms, c0_ratio);
  const double rounding = output_rounding(problem, terms, c0_share);
  return rounding == 0 ? arithmetic : 1.5 * std::hypot(arithmetic, rounding);
}

/// Quantile of the median (the element of rank ⌊n/2⌋) of n uniform numbers: a beta variable.
double median_quantile(std::int64_t rows, double probability) {
  const auto rank = static_cast<double>(rows / 2 + 1);
  return boost::math::ibeta_inv(rank, static_cast<double>(rows) + 1 - rank, probability);
}
/// Quantile of |N(0, 1)| in units of its median; `tail` = 1 - p for accuracy near one.
double half_normal(double p) {
  return std::sqrt(2.0) * boost::math::erf_inv(p) / kHalfNormalMedian;
}

}  // namespace

double median_factor_upper(std::int64_t rows) {
  const auto rank = static_cast<double>(rows / 2 + 1);
  const double tail = boost::math::ibetac_inv(static_cast<double>(rows) + 1 - rank, rank, 1 - kFalseAlarm);
  return std::sqrt(2.0) * boost::math::erfc_inv(tail) / kHalfNormalMedian;
}

double median_factor_lower(std::int64_t rows) {
  return half_normal(median_quantile(rows, kFalseAlarm));
}

std::string_view family_of(const Problem& problem, double e) {
  if (e == 0) return "exact";
  double in_f32_units = e;
  if (is_f64(problem)) {
    if (e < arithmetic_limit(problem, 1, 0)) return "f64";
    in_f32_units = e * 0x1p-29;
  }
  if (in_f32_units < kF32) return "f32";
  if (in_f32_units < kTf32) return "tf32/f16";
  if (in_f32_units < kBf16) return "bf16";
  return in_f32_units < kFp8 ? "fp8" : "wrong";
}

double grade_limit(const Problem& problem, std::int64_t terms) {
  double c0_ratio = 0;
  if (accumulate(problem) == Accumulate::add) {
    const DtypeCombo& types = dtypes(problem);
    const double sigma = uniform_sigma(types.out) / (uniform_sigma(types.a) * uniform_sigma(types.b));
    c0_ratio = sigma * sigma;
  }
  return limit_of(problem, terms, c0_ratio, c0_ratio / static_cast<double>(products_per_output(problem)));
}

Report grade(GradeInput in) {
  Report report;
  const auto terms = static_cast<double>(in.terms), block = static_cast<double>(in.block);
  const double u = unit(in.problem);

  // Rows in units of u·σ_a·σ_b·√products·√terms. Rows on padding only count as one product, for the maximum.
  const bool transforms = has_inexact_transforms(in.problem);
  const double whole = static_cast<double>(products_per_output(in.problem)) * block;
  double max = 0, share_sum = 0, fewest = whole;
  std::vector<double> rows;
  for (std::size_t i = 0; i < in.residual.size(); ++i) {
    const double products = std::max(in.products[i], 1.0);
    const double size = std::fabs(in.residual[i]);
    const double row = size == 0 ? 0 : size / (u * std::sqrt(in.power * products * terms));
    // A transform spreads the rounding of a whole tile over outputs that have few products of their own.
    max = std::max(max, transforms ? row * std::sqrt(products / whole) : row);
    if (in.products[i] == 0) continue;
    rows.push_back(row);
    share_sum += block / products;
    fewest = std::min(fewest, products);
  }
  const auto count = static_cast<std::int64_t>(rows.size());
  // Power of c0 over that of one product, of a whole sum on the average, and of the shortest sum.
  const double c0_ratio = in.power > 0 ? in.c0_power / in.power : 0;
  const double c0_share = count > 0 ? c0_ratio * share_sum / static_cast<double>(count) : 0;
  const double largest_c0_share = c0_ratio * block / fewest;
  if (count > 0) {
    const auto middle = rows.begin() + static_cast<std::ptrdiff_t>(count / 2);
    std::nth_element(rows.begin(), middle, rows.end());
    report.e = *middle / kHalfNormalMedian;
  }

  // With few rows their median is a rough estimate of the error, and the limits widen so that an honest result fails
  // with probability 10^-10; the limits for wide outputs have room for a factor 2.5 by themselves.
  const double upper = count > 0 ? median_factor_upper(count) : 1;
  const double lower = count > 0 ? median_factor_lower(count) : 1;
  report.limit = limit_of(in.problem, in.terms, c0_ratio, c0_share) *
                 std::max(1.0, upper / (has_narrow_output(in.problem) ? 1.5 : 2.5));
  report.family = family_of(in.problem, report.e);
  report.row_max_over_median = max > 0 ? max / (report.e * kHalfNormalMedian) : 0;

  // Short sums are often exact, so that the median says nothing about the rest: what a plain order of summation may
  // leave is never sparse.
  const double length = static_cast<double>(products_per_output(in.problem)) * terms;
  const double summation = std::hypot(2 * std::sqrt(std::min(length, 256.0)), 5 * std::sqrt(1 + c0_ratio));
  const double floor =
      std::hypot(addition_unit(in.problem) * summation, 10 * output_rounding(in.problem, in.terms, largest_c0_share));
  const double ratio = (transforms ? kTransformed : 10) * (1 + 2 / block) * std::max(1.0, 0.6 / lower);
  const bool sparse = (max > ratio * report.e && max > floor) || (report.e <= report.limit && max > 7 * report.limit);
  const double wrong = kFp8 * (is_f64(in.problem) ? 0x1p29 : 1.0);

  // Written so that NaN fails.
  if (!(report.e <= std::max(wrong, report.limit))) {
    report.finding = Finding::incorrect;
    report.reason = fmt::format("error grade {:.3g} is beyond any rounding (limit {:.3g})", report.e, report.limit);
  } else if (sparse) {
    report.finding = Finding::sparse_error;
    report.reason = fmt::format(
        "a few results are wrong: the largest of {} projected rows is {:.3g}, the grade of the "
        "others {:.3g}",
        in.residual.size(), max, report.e);
  } else if (!(report.e <= report.limit)) {
    report.finding = Finding::precision;
    report.reason =
        fmt::format("error grade {:.3g} exceeds {:.3g}, the limit for {} {}: the arithmetic looks like {}", report.e,
                    report.limit, name(math(in.problem)), to_string(dtypes(in.problem)), report.family);
  }
  return report;
}

}  // namespace chipfit::oracle
