#include "backends/onednn/gemm.hpp"

namespace onednn {
namespace {

using dnnl::memory;

struct Matrices {
  std::int64_t batch, rows, columns;
  bool transposed;  ///< each is stored columns × rows

  memory::dims dims() const { return batch == 1 ? memory::dims{rows, columns} : memory::dims{batch, rows, columns}; }
  memory::desc plain(memory::data_type type) const {
    // A vector is stored alike either way; oneDNN takes a leading dimension of 1 for an error.
    const bool flipped = transposed && rows != 1 && columns != 1;
    const std::int64_t row = flipped ? 1 : columns, column = flipped ? rows : 1;
    return {dims(), type, batch == 1 ? memory::dims{row, column} : memory::dims{rows * columns, row, column}};
  }
  memory::desc as(memory::data_type type, bool any) const {
    return any ? memory::desc(dims(), type, memory::format_tag::any) : plain(type);
  }
};

}  // namespace

Offer offer_gemm(const chipfit_problem& problem, Weights weights) {
  const chipfit_gemm_shape& s = problem.shape.gemm;
  const Matrices a{s.batch, s.m, s.k, s.trans_a != 0}, b{s.batch, s.k, s.n, s.trans_b != 0},
      c{s.batch, s.m, s.n, false};
  const Types user = types_of(problem);
  Offer offer;
  offer.user = {a.plain(user.in0), b.plain(user.in1), c.plain(user.out)};
  if (multiplies_signed_bytes(user) && s.k > safe_byte_sum) {
    if (weights == Weights::prepacked && s.k <= likely_byte_sum)
      offer.caution = sums_below_2_24;
    else
      offer.bans = {{"brg", "rounds i32 sums beyond 2^24"}};
  }
  struct Policy {
    bool a_any, b_any, c_any;
  };
  for (const Arithmetic& arithmetic : arithmetics_of(problem))
    for (const Policy policy : {Policy{false, false, false}, {false, true, false}, {true, true, true}}) {
      const bool adds = problem.accumulate && !policy.c_any;
      Types types = arithmetic.types;
      // A sum that is added in a step of its own is rounded once, there.
      if (problem.accumulate && !adds) types.out = accumulator_of(types);
      consider<dnnl::matmul>(
          offer, {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST}, adds, arithmetic.math, [&]() -> dnnl::matmul::desc {
            return {a.as(types.in0, policy.a_any), b.as(types.in1, policy.b_any), c.as(types.out, policy.c_any)};
          });
    }
  return offer;
}

}  // namespace onednn
