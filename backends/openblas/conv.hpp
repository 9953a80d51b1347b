#pragma once
#include <chipfit/chipfit_simple.hpp>

namespace openblas {

/// A convolution as GEMM over an unfolded image (im2col): Y = col(X)·Wᵀ, col(dX) = dY·W, dW = dYᵀ·col(X). The image is
/// unfolded in pieces of whole output lines; a 1×1 convolution without stride and padding needs no unfolding at all.
/// T is the type of every operand. Workspace is allocated here; unsupported where an extent does not fit blasint.
template <class T>
chipfit::simple::Kernel prepare_conv(const chipfit_problem&);

}  // namespace openblas
