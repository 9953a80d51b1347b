#pragma once
#include <cstddef>
#include <functional>

#include "kernels/cpu/conv/conv.hpp"
#include "kernels/cpu/huge_memory.hpp"

namespace chipfit::cpu {

/// The NHWC problem that NchwConv solves some images at a time: as many as stay in the outer caches together with their
/// result, a divisor of N.
ConvProblem nhwc_part(const ConvProblem& nchw);

/// An NCHW convolution by a program for NHWC: images are transposed before, results after, a few images at a time.
/// fwd and bwd_data programs take their filters as KCRS; bwd_weights programs give KRSC, which is turned at the end.
class NchwConv {
 public:
  using Make = std::function<ConvProgram(const ConvProblem& nhwc)>;
  /// `make` gives the program for nhwc_part(problem) with any `accumulate`.
  NchwConv(const ConvProblem& nchw, const Make& make, ThreadTeam&);
  void run(const void* in0, const void* in1, void* out);

 private:
  enum class Turn { to_nhwc, to_nchw };
  void turn_images(Turn, Dtype, const std::byte* from, std::byte* to, std::int64_t channels, std::int64_t pixels);
  void turn_filters(Turn, const std::byte* from, std::byte* to);
  void run_images(const std::byte* in, const std::byte* filters, std::byte* out);
  void run_weights(const std::byte* x, const std::byte* dy, std::byte* dw);

  ConvProblem problem_, part_;
  ConvProgram first_, rest_;  ///< rest_ adds to what the parts before gave; bwd_weights
  HugeMemory in0_, in1_, out_;
  ThreadTeam* team_;
};

}  // namespace chipfit::cpu
