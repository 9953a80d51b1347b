#pragma once
#include <optional>
#include <vector>

#include "kernels/cuda/index/relayout_arguments.hpp"
#include "kernels/problem/problem.hpp"

namespace chipfit::cuda {

/// One operand of a problem in another layout.
struct OperandCopy {
  enum class Which { in0, in1, out };
  Which which = Which::in0;
  RelayoutArguments there;  ///< from the operand to its copy, without addresses
  RelayoutArguments back;   ///< of the output
  std::int64_t bytes = 0;   ///< of the copy
  int element_bytes = 0;
  std::int64_t workspace_at = 0;  ///< where in the workspace the copy lies
};

/// The same product or convolution with operands that more kernels take, and the copies that lead there.
struct Relaid {
  Problem problem;
  std::vector<OperandCopy> copies;
};

/// Convolutions: NHWC, channels (and for gradients filters) filled up with zeros to whole chunks of 16 bytes where
/// there is one group of 8- or 16-bit elements. Products: both operands with k contiguous, rows of whole chunks.
/// Nothing where the problem is that already.
std::optional<Relaid> relaid(const Problem&);

}  // namespace chipfit::cuda
