#pragma once
#include <cstddef>
#include <optional>

#include "kernels/cpu/gemm.hpp"
#include "kernels/problem/conv.hpp"

namespace chipfit::cpu {

/// Whether the convolution is a matrix product as it stands: 1×1, stride 1, no padding, one group; and, where its
/// factors change places (NCHW, bwd_weights), of one element type.
bool is_product(const ConvProblem&);

/// A 1×1 convolution by the project's GEMM: in NHWC one product of pixels × channels, in NCHW one for each image with
/// the filters on the left, so that nothing is transposed in memory.
class ProductConv {
 public:
  /// Error where GEMM has no micro-kernel or no memory.
  static Result<ProductConv> make(const ConvProblem&, ThreadTeam&, std::string_view isa);
  void run(const void* in0, const void* in1, void* out);

 private:
  ProductConv(const ConvProblem& problem, Gemm first) : problem_(problem), first_(std::move(first)) {}
  ConvProblem problem_;
  Gemm first_;
  std::optional<Gemm> rest_;  ///< adds the images after the first; bwd_weights in NCHW
};

}  // namespace chipfit::cpu
