#pragma once
#include "kernels/cuda/index/operands.hpp"
#include "kernels/cuda/index/output.hpp"
#include "kernels/cuda/index/schedule.hpp"

namespace chipfit::cuda {

/// out = A·B for operands A (m×k) and B (k×n) of any map: what the kernels of kernels/cuda/mma and simt take.
template <class MapA, class MapB>
struct GemmArguments {
  Operand<MapA> a;
  Operand<MapB> b;
  Output out;
  Partial partial;
  Schedule schedule;
};

using DenseArguments = GemmArguments<DenseOperand, DenseOperand>;
using FwdArguments = GemmArguments<Im2col, DenseOperand>;
using BwdDataArguments = GemmArguments<Gradient, FiltersTransposed>;
using BwdWeightsArguments = GemmArguments<DenseOperand, Im2colTransposed>;

}  // namespace chipfit::cuda
