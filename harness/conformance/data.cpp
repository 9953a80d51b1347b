#include "harness/conformance/data.hpp"

#include <algorithm>
#include <numeric>

#include "harness/conformance/kinds.hpp"
#include "kernels/oracle/elementwise.hpp"
#include "kernels/problem/convert.hpp"

namespace chipfit::conformance {
namespace {

Bytes filled(const Operand& operand, Filling filling, oracle::ExactRange range, oracle::Seed seed) {
  Bytes bytes(static_cast<std::size_t>(operand.bytes()));
  if (filling == Filling::uniform) {
    oracle::fill_uniform(operand.dtype, bytes.data(), operand.elements, seed);
  } else if (range.magnitude > 0) {
    oracle::fill_exact(operand.dtype, bytes.data(), operand.elements, range, seed);
  }
  return bytes;
}

}  // namespace

Data make_data(const Problem& problem, Filling filling, int copies, oracle::Seed seed) {
  Data data{problem, filling, operands(problem), {}, {}};
  const auto headroom = filling == Filling::exact_headroom ? oracle::Headroom::for_transforms : oracle::Headroom::none;
  const oracle::ExactPlan plan = oracle::exact_plan(problem, headroom);
  Dice dice(seed);
  for (std::size_t i = 0; i < 2; ++i)
    for (int copy = 0; copy < copies; ++copy)
      data.in[i].push_back(filled(data.sizes.in[i], filling, plan.in[i], dice.seed()));
  if (accumulate(problem) == Accumulate::add)
    data.c0 = filled(data.sizes.out, filling, {plan.magnitude_c0, 1}, dice.seed());
  return data;
}

oracle::Report compare(const Data& data, std::span<const std::byte> in0, std::span<const std::byte> in1,
                       std::span<const std::byte> out, oracle::Seed seed, int threads) {
  const oracle::Inputs inputs{in0.data(), in1.data()};
  const oracle::Claim claim{data.problem, {&inputs, 1}, data.c0.empty() ? nullptr : data.c0.data(), out.data()};
  if (data.filling != Filling::uniform)
    return oracle::check_exact(claim, seed, threads,
                               data.filling == Filling::exact ? oracle::Rounding::none : oracle::Rounding::nearest);
  oracle::Report report = oracle::check_grade(claim, seed, threads);
  if (report.finding != oracle::Finding::ok) return report;
  if (auto elements = oracle::check_elementwise(claim, seed.derive(1), threads);
      elements.finding != oracle::Finding::ok) {
    report.finding = elements.finding;
    report.reason = std::move(elements.reason);
  }
  return report;
}

Bytes signed_permutations(const GemmProblem& gemm, oracle::Seed seed) {
  const Operand b = operands(gemm).in[1];
  Bytes bytes(static_cast<std::size_t>(b.bytes()));
  std::vector<std::int64_t> column(static_cast<std::size_t>(gemm.k));
  Dice dice(seed);
  for (std::int64_t i = 0; i < b.elements; ++i) store(b.dtype, bytes.data(), i, 0);
  for (std::int64_t batch = 0; batch < gemm.batch; ++batch) {
    std::iota(column.begin(), column.end(), 0);
    for (std::int64_t row = gemm.k - 1; row >= 0; --row) {
      const auto other = static_cast<std::size_t>(dice.between(0, row));
      std::swap(column[static_cast<std::size_t>(row)], column[other]);
      const std::int64_t at = column[static_cast<std::size_t>(row)];
      const std::int64_t index = gemm.trans_b == Transpose::yes ? at * gemm.k + row : row * gemm.n + at;
      store(b.dtype, bytes.data(), batch * gemm.k * gemm.n + index, dice.one_in(2) ? 1 : -1);
    }
  }
  return bytes;
}

}  // namespace chipfit::conformance
