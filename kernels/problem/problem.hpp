#pragma once
#include <array>
#include <variant>

#include "kernels/problem/conv.hpp"
#include "kernels/problem/gemm.hpp"

namespace chipfit {

/// Any problem the harness can ask.
using Problem = std::variant<GemmProblem, ConvProblem>;

std::int64_t flop(const Problem&);
std::int64_t flop_in_image(const Problem&);  ///< GEMM: the same as flop
Result<void> validate(const Problem&);

const DtypeCombo& dtypes(const Problem&);
Math math(const Problem&);
Accumulate accumulate(const Problem&);
Problem with_accumulate(Problem, Accumulate);
/// "gemm", "conv_fwd", "conv_bwd_data", "conv_bwd_weights": the first part of the case id.
std::string_view op_name(const Problem&);

/// One operand as a dense array.
struct Operand {
  Dtype dtype;
  std::int64_t elements;
  std::int64_t bytes() const;
};

/// Operands in the order of the plugin ABI. GEMM: a, b → c. fwd: X, W → Y. bwd_data: dY, W → dX.
/// bwd_weights: X, dY → dW. The first input has dtypes.a, the second dtypes.b, the output dtypes.out.
struct Operands {
  std::array<Operand, 2> in;
  Operand out;
};
Operands operands(const Problem&);

/// Compulsory traffic: every input read once, the output written once (and read once when accumulating). Bytes.
std::int64_t traffic_bytes(const Problem&);

}  // namespace chipfit
