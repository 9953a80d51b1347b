#pragma once
#include "kernels/problem/gemm.hpp"

namespace chipfit {

/// The numbers are those of the plugin ABI and never change.
enum class ConvDirection : std::uint8_t { fwd = 2, bwd_data = 3, bwd_weights = 4 };
enum class Layout : std::uint8_t { nchw = 1, nhwc = 2 };

std::string_view name(ConvDirection);
std::string_view name(Layout);
Result<ConvDirection> parse_direction(std::string_view);
Result<Layout> parse_layout(std::string_view);

/// One 2-D convolution (cross-correlation, as every framework computes it). Input X is N×C×H×W, filters W are
/// K×(C/groups)×R×S, output Y is N×K×P×Q, stored in `layout`: filters KCRS for nchw, KRSC for nhwc.
/// fwd: Y = conv(X, W). bwd_data: dX from dY and W. bwd_weights: dW from X and dY.
struct ConvProblem {
  ConvDirection direction = ConvDirection::fwd;
  std::int64_t n = 1, c = 1, h = 1, w = 1, k = 1, r = 1, s = 1;
  std::int64_t pad_h = 0, pad_w = 0, stride_h = 1, stride_w = 1, dil_h = 1, dil_w = 1, groups = 1;
  Layout layout = Layout::nhwc;
  DtypeCombo dtypes{Dtype::f32, Dtype::f32, Dtype::f32, Dtype::f32};
  Math math = Math::strict;
  Accumulate accumulate = Accumulate::overwrite;
  friend bool operator==(const ConvProblem&, const ConvProblem&) = default;

  /// Output extents ⌊(H + 2·pad − dil·(R−1) − 1) / stride⌋ + 1; 0 where the filter does not fit or the numbers are
  /// no convolution.
  std::int64_t p() const;
  std::int64_t q() const;
};

/// Nominal work 2·N·K·(C/groups)·R·S·P·Q in every direction, whatever the algorithm. Unit: operations.
std::int64_t flop(const ConvProblem&);
/// The same without the taps that fall on padding (oneDNN's benchdnn counts so). Exact; time grows
/// with min(R, P) + min(S, Q).
std::int64_t flop_in_image(const ConvProblem&);

/// Ok, or the first rule the problem breaks ("groups 3 does not divide channels 64"). Sizes as for GEMM.
Result<void> validate(const ConvProblem&);

}  // namespace chipfit
