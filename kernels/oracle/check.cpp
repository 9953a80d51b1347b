#include "kernels/oracle/check.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kernels/oracle/conv_plane.hpp"

namespace chipfit::oracle {
namespace {

/// Operations of the contracted convolutions that are worth a check of every output.
constexpr double kContractedFlop = 1 << 28;
/// Products for the outputs that are computed one by one.
constexpr std::int64_t kSampledProducts = 1 << 23;

/// Padding that is out of all proportion would make the padded planes so, too.
bool planes_fit(const ConvProblem& p) {
  const double plane = static_cast<double>(p.h + 2 * p.pad_h) * static_cast<double>(p.w + 2 * p.pad_w);
  const double channels = static_cast<double>(p.direction == ConvDirection::fwd ? p.c : p.n);
  return plane * channels < 0x1p20 || plane <= 16 * (static_cast<double>(p.h) * static_cast<double>(p.w) +
                                                     static_cast<double>(p.p()) * static_cast<double>(p.q()));
}

}  // namespace

template <class Number>
Checked<Number> residuals_of(const Claim& claim, Seed secret, std::int64_t max_block, int threads,
                             std::string_view projection) {
  if (const auto* gemm = std::get_if<GemmProblem>(&claim.problem)) {
    return {gemm_residuals<Number>(claim, *gemm, secret, max_block, threads), projection};
  }
  const auto& conv = std::get<ConvProblem>(claim.problem);
  const double work = contracted_flop(conv, max_block) * static_cast<double>(claim.terms.size());
  const double nominal = static_cast<double>(flop(conv)) * static_cast<double>(claim.terms.size());
  if (planes_fit(conv) && work <= std::max(kContractedFlop, nominal / 64)) {
    return {conv_residuals<Number>(claim, conv, secret, max_block, threads),
            contraction(conv) == 1 ? "reference" : projection};
  }
  bool all = false;
  auto residuals = sampled_residuals<Number>(claim, conv, secret, kSampledProducts, threads, all);
  return {std::move(residuals), all ? "reference" : "sampled-reference"};
}

Report not_finite_report(std::int64_t not_finite, std::int64_t outputs) {
  Report report;
  report.finding = Finding::not_finite;
  report.reason = fmt::format("{} of {} outputs are NaN or infinite", not_finite, outputs);
  return report;
}

Report compare_exact(const Claim& claim, Seed secret, int threads, Wrap wrap, std::string_view projection) {
  const auto checked = residuals_of<std::uint64_t>(claim, secret, kWholeBlock, threads, projection);
  const auto& value = checked.residuals.value;
  const auto differs = [&](std::uint64_t x) { return (wrap == Wrap::modulo_2_32 ? x << 32 : x) != 0; };
  Report report;
  report.method = checked.method;
  report.family = "exact";
  const auto wrong = std::count_if(value.begin(), value.end(), differs);
  if (wrong > 0) {
    const auto first = std::find_if(value.begin(), value.end(), differs) - value.begin();
    report.finding = Finding::incorrect;
    report.reason =
        fmt::format("{} of {} exact sums over the result differ, the first is number {}", wrong, value.size(), first);
  }
  return report;
}

template Checked<double> residuals_of(const Claim&, Seed, std::int64_t, int, std::string_view);
template Checked<DoubleDouble> residuals_of(const Claim&, Seed, std::int64_t, int, std::string_view);
template Checked<std::uint64_t> residuals_of(const Claim&, Seed, std::int64_t, int, std::string_view);

}  // namespace chipfit::oracle
