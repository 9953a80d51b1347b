#pragma once
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "kernels/cuda/emulate/block.hpp"
#include "kernels/cuda/index/schedule.hpp"
#include "kernels/oracle/fill.hpp"
#include "kernels/oracle/reference.hpp"
#include "kernels/problem/case_id.hpp"
#include "kernels/problem/convert.hpp"

namespace chipfit::cuda {

/// A problem with data whose every sum is exact, so that a right kernel gives the reference's result bit for bit, and
/// guard bytes behind the result.
struct Trial {
  static constexpr std::size_t guard = 64;
  Problem problem;
  std::vector<std::uint64_t> storage[4];
  unsigned char *in0, *in1, *out;
  std::vector<unsigned char> expected;

  explicit Trial(const std::string& id) : problem(parse_case_id(id).value()) {
    const Operands ops = operands(problem);
    const oracle::ExactPlan plan = oracle::exact_plan(problem);
    const oracle::Seed seed{1, 2};
    in0 = space(0, ops.in[0].bytes(), 0), in1 = space(1, ops.in[1].bytes(), 0);
    out = space(2, ops.out.bytes(), guard);
    oracle::fill_exact(ops.in[0].dtype, in0, ops.in[0].elements, plan.in[0], seed.derive(1));
    oracle::fill_exact(ops.in[1].dtype, in1, ops.in[1].elements, plan.in[1], seed.derive(2));
    std::fill_n(out, static_cast<std::size_t>(ops.out.bytes()) + guard, static_cast<unsigned char>(0x7b));
    if (accumulate(problem) == Accumulate::add)
      oracle::fill_exact(ops.out.dtype, out, ops.out.elements, {plan.magnitude_c0, 1}, seed.derive(3));
    expected.assign(out, out + ops.out.bytes() + static_cast<std::int64_t>(guard));
    oracle::reference(problem, in0, in1, expected.data(), 1);
  }

  void declare_inputs(emulate::Block& block) const {
    const Operands ops = operands(problem);
    block.declare_readable(in0, ops.in[0].bytes());
    block.declare_readable(in1, ops.in[1].bytes());
  }

  void expect_reference() const {
    const Operand& o = operands(problem).out;
    int wrong = 0;
    for (std::int64_t i = 0; i < o.elements && wrong < 5; ++i) {
      const double got = load(o.dtype, out, i), want = load(o.dtype, expected.data(), i);
      if (!(got == want)) {
        ADD_FAILURE() << "element " << i << " of " << o.elements << ": " << got << " instead of " << want;
        ++wrong;
      }
    }
    for (std::size_t i = 0; i < guard; ++i)
      ASSERT_EQ(out[static_cast<std::size_t>(o.bytes()) + i], 0x7b) << "written behind the result";
  }

 private:
  using Operand = chipfit::Operand;
  unsigned char* space(int which, std::int64_t bytes, std::size_t extra) {
    // 16-byte aligned, as device memory and the views of a plugin are.
    storage[which].resize((static_cast<std::size_t>(bytes) + extra) / 8 + 4);
    const auto at = reinterpret_cast<std::uintptr_t>(storage[which].data());
    return reinterpret_cast<unsigned char*>((at + 15) / 16 * 16);
  }
};

}  // namespace chipfit::cuda
