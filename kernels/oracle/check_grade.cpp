#include <algorithm>
#include <cmath>

#include "kernels/oracle/check.hpp"
#include "kernels/oracle/grade.hpp"
#include "kernels/oracle/inspect.hpp"
#include "kernels/oracle/products.hpp"

namespace chipfit::oracle {
namespace {

/// Blocks of 1024, or shorter ones where a convolution has so few positions that the median would be rough.
std::int64_t block_limit(const Problem& problem) {
  std::int64_t block = 1024;
  const auto* conv = std::get_if<ConvProblem>(&problem);
  if (conv == nullptr) return block;
  const double rows = static_cast<double>(operands(problem).out.elements);
  while (block > 256 && rows / static_cast<double>(block) < 32) block /= 2;
  return block;
}

double to_double(double x) {
  return x;
}
double to_double(DoubleDouble x) {
  return x.hi + x.lo;
}

template <class Number>
Report check_real(const Claim& claim, Seed secret, int threads) {
  const Operands all = operands(claim.problem);
  const auto checked = residuals_of<Number>(claim, secret, block_limit(claim.problem), threads, "projection");

  GradeInput in{.problem = claim.problem,
                .terms = static_cast<std::int64_t>(std::max<std::size_t>(claim.terms.size(), 1)),
                .block = checked.residuals.block,
                .residual = {},
                .products = checked.residuals.products};
  in.residual.reserve(checked.residuals.value.size());
  bool finite = true;
  for (const Number& value : checked.residuals.value) {
    in.residual.push_back(to_double(value));
    finite = finite && std::isfinite(in.residual.back());
  }
  if (!finite) {
    const Inspection seen = inspect(all.out.dtype, claim.out, all.out.elements, 0, threads);
    Report report = not_finite_report(seen.not_finite, all.out.elements);
    report.method = checked.method;
    return report;
  }
  in.power = 0;
  for (const Inputs& term : claim.terms) {
    in.power += mean_square(all.in[0].dtype, term.in0, all.in[0].elements) *
                mean_square(all.in[1].dtype, term.in1, all.in[1].elements);
  }
  in.power /= static_cast<double>(in.terms);
  if (claim.c0 != nullptr) in.c0_power = mean_square(all.out.dtype, claim.c0, all.out.elements);
  Report report = grade(std::move(in));
  report.method = checked.method;
  return report;
}

}  // namespace

Report check_grade(const Claim& claim, Seed secret, int threads) {
  const DtypeCombo& types = dtypes(claim.problem);
  if (info(types.acc).is_integer) {
    const double largest = info(types.a).largest_finite * info(types.b).largest_finite *
                               static_cast<double>(products_per_output(claim.problem)) *
                               static_cast<double>(claim.terms.size()) +
                           (claim.c0 != nullptr ? 0x1p31 : 0);
    return compare_exact(claim, secret, threads, largest >= 0x1p31 ? Wrap::modulo_2_32 : Wrap::impossible);
  }
  if (types.acc == Dtype::f64) return check_real<DoubleDouble>(claim, secret, threads);
  return check_real<double>(claim, secret, threads);
}

}  // namespace chipfit::oracle
