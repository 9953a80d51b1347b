#include <fmt/format.h>

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

}  // namespace

Report check_exact(const Claim& claim, Seed secret, int threads) {
  const Operand out = operands(claim.problem).out;
  // Larger than any result of the plan, and safe to convert.
  const double limit = out.dtype == Dtype::f64 ? 0x1p51 : 0x1p24;
  const Inspection seen = inspect(out.dtype, claim.out, out.elements, limit, threads);
  if (seen.not_finite > 0) {
    Report report = not_finite_report(seen.not_finite, out.elements);
    report.method = "exact";
    return report;
  }
  if (seen.not_integral + seen.too_large > 0) {
    Report report;
    report.method = "exact";
    report.family = "exact";
    report.finding = Finding::incorrect;
    report.reason =
        fmt::format("of {} outputs of integer data {} are no integers and {} are larger than any sum can be",
                    out.elements, seen.not_integral, seen.too_large);
    return report;
  }
  return compare_exact(claim, secret, threads, may_wrap(claim) ? Wrap::modulo_2_32 : Wrap::impossible);
}

}  // namespace chipfit::oracle
