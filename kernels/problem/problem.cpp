#include "kernels/problem/problem.hpp"

namespace chipfit {

std::int64_t flop(const Problem& problem) {
  return std::visit([](const auto& each) { return flop(each); }, problem);
}

std::int64_t flop_in_image(const Problem& problem) {
  const auto* conv = std::get_if<ConvProblem>(&problem);
  return conv != nullptr ? flop_in_image(*conv) : flop(problem);
}

const DtypeCombo& dtypes(const Problem& problem) {
  return std::visit([](const auto& each) -> const DtypeCombo& { return each.dtypes; }, problem);
}

Math math(const Problem& problem) {
  return std::visit([](const auto& each) { return each.math; }, problem);
}

Accumulate accumulate(const Problem& problem) {
  return std::visit([](const auto& each) { return each.accumulate; }, problem);
}

Problem with_accumulate(Problem problem, Accumulate accumulate) {
  std::visit([&](auto& each) { each.accumulate = accumulate; }, problem);
  return problem;
}

std::string_view op_name(const Problem& problem) {
  const auto* conv = std::get_if<ConvProblem>(&problem);
  if (conv == nullptr) return "gemm";
  switch (conv->direction) {
    case ConvDirection::fwd:
      return "conv_fwd";
    case ConvDirection::bwd_data:
      return "conv_bwd_data";
    case ConvDirection::bwd_weights:
      return "conv_bwd_weights";
  }
  return "unknown";
}

std::int64_t Operand::bytes() const {
  return elements * info(dtype).bytes;
}

Operands operands(const Problem& problem) {
  const DtypeCombo& types = dtypes(problem);
  const auto with_types = [&](std::int64_t a, std::int64_t b, std::int64_t out) {
    return Operands{{Operand{types.a, a}, Operand{types.b, b}}, Operand{types.out, out}};
  };
  if (const auto* g = std::get_if<GemmProblem>(&problem)) {
    return with_types(g->m * g->k * g->batch, g->k * g->n * g->batch, g->m * g->n * g->batch);
  }
  const auto& c = std::get<ConvProblem>(problem);
  const std::int64_t x = c.n * c.c * c.h * c.w;
  const std::int64_t w = c.k * (c.c / c.groups) * c.r * c.s;
  const std::int64_t y = c.n * c.k * c.p() * c.q();
  switch (c.direction) {
    case ConvDirection::bwd_data:
      return with_types(y, w, x);
    case ConvDirection::bwd_weights:
      return with_types(x, y, w);
    case ConvDirection::fwd:
      break;
  }
  return with_types(x, w, y);
}

std::int64_t traffic_bytes(const Problem& problem) {
  const Operands all = operands(problem);
  const std::int64_t out_passes = accumulate(problem) == Accumulate::add ? 2 : 1;
  return all.in[0].bytes() + all.in[1].bytes() + out_passes * all.out.bytes();
}

}  // namespace chipfit
