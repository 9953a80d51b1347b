#include <fmt/format.h>

#include <utility>
#include <vector>

#include "kernels/oracle/check.hpp"
#include "kernels/oracle/inspect.hpp"
#include "kernels/oracle/products.hpp"

namespace chipfit::oracle {
namespace {

/// Whether the sums of exact_plan's integers can pass 2^31.
bool may_wrap(const Claim& claim) {
  if (!info(dtypes(claim.problem).acc).is_integer) return false;
  const ExactPlan plan = exact_plan(claim.problem);
  const double largest = static_cast<double>(plan.in[0].magnitude) * static_cast<double>(plan.in[1].magnitude) *
                             static_cast<double>(products_per_output(claim.problem)) *
                             static_cast<double>(claim.terms.size()) +
                         static_cast<double>(plan.magnitude_c0);
  return largest >= 0x1p31;
}

/// The share of outputs with fractions from which on they are no sparse fault. A faulty tile, image or filter has
/// fractions in few; transforms leave none without: half and more of all outputs, whatever the size of their values.
constexpr double kDense = 0.25;

Report incorrect(std::string_view method, std::string reason) {
  Report report;
  report.method = method;
  report.family = "exact";
  report.finding = Finding::incorrect;
  report.reason = std::move(reason);
  return report;
}

Report check_integers(const Claim& claim, Seed secret, int threads) {
  const Operand out = operands(claim.problem).out;
  // Larger than any result of the plan, and safe to convert.
  const double limit = out.dtype == Dtype::f64 ? 0x1p51 : 0x1p24;
  const Inspection seen = inspect(out.dtype, claim.out, out.elements, limit, threads);
  if (seen.not_finite > 0) {
    Report report = not_finite_report(seen.not_finite, out.elements);
    report.method = "exact";
    return report;
  }
  if (seen.not_integral + seen.too_large == 0) {
    return compare_exact(claim, secret, threads, may_wrap(claim) ? Wrap::modulo_2_32 : Wrap::impossible);
  }
  Report report = incorrect(
      "exact", fmt::format("of {} outputs of integer data {} are no integers and {} are larger than any sum can be",
                           out.elements, seen.not_integral, seen.too_large));
  if (has_inexact_transforms(claim.problem) && seen.too_large == 0 &&
      static_cast<double>(seen.not_integral) >= kDense * static_cast<double>(seen.divisible)) {
    const Report graded = check_grade(claim, secret.derive(1), threads);
    report.dense_fractions = graded.finding == Finding::ok;
    if (graded.finding != Finding::ok) report.reason += "; " + graded.reason;
  }
  return report;
}

/// The outputs rounded to integers; of magnitude at most 2^22 (f32) or 2^51 (f64).
template <class Real>
std::vector<Real> nearest_integers(const void* data, std::int64_t n) {
  // The low bits of x + magic are x rounded.
  constexpr Real magic = sizeof(Real) == 8 ? static_cast<Real>(0x1.8p52) : static_cast<Real>(0x1.8p23);
  const auto* values = static_cast<const Real*>(data);
  std::vector<Real> rounded(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) rounded[static_cast<std::size_t>(i)] = (values[i] + magic) - magic;
  return rounded;
}

template <class Real>
Report compare_nearest(const Claim& claim, Seed secret, int threads) {
  const auto rounded = nearest_integers<Real>(claim.out, operands(claim.problem).out.elements);
  Claim integers = claim;
  integers.out = rounded.data();
  return compare_exact(integers, secret, threads, Wrap::impossible, "exact-nearest");
}

Report check_nearest(const Claim& claim, Seed secret, int threads) {
  const Operand out = operands(claim.problem).out;
  if (!has_inexact_transforms(claim.problem)) return check_integers(claim, secret, threads);
  const double limit = out.dtype == Dtype::f64 ? 0x1p51 : 0x1p22;
  const Inspection seen = inspect(out.dtype, claim.out, out.elements, limit, threads);
  if (seen.not_finite > 0) {
    Report report = not_finite_report(seen.not_finite, out.elements);
    report.method = "exact-nearest";
    return report;
  }
  if (seen.far + seen.too_large > 0) {
    return incorrect("exact-nearest",
                     fmt::format("of {} outputs of small integer data {} lie farther than 1/4 from an integer and {} "
                                 "are larger than any sum can be",
                                 out.elements, seen.far, seen.too_large));
  }
  return out.dtype == Dtype::f64 ? compare_nearest<double>(claim, secret, threads)
                                 : compare_nearest<float>(claim, secret, threads);
}

}  // namespace

Report check_exact(const Claim& claim, Seed secret, int threads, Rounding rounding) {
  return rounding == Rounding::nearest ? check_nearest(claim, secret, threads) : check_integers(claim, secret, threads);
}

}  // namespace chipfit::oracle
