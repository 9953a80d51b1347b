#pragma once
#include <cstdint>
#include <vector>

#include "kernels/oracle/arithmetic.hpp"
#include "kernels/problem/conv.hpp"

namespace chipfit::oracle {

/// One channel of an image with its padding, stored so that the columns which one filter tap meets lie side by side:
/// column w of a row is element (w mod stride)·phase_width + w div stride.
struct PaddedPlane {
  std::int64_t stride_h, stride_w, dil_h, dil_w, pad_h, pad_w;
  std::int64_t r, s, p, q;  ///< filter and output extents
  std::int64_t height, phase_width;

  explicit PaddedPlane(const ConvProblem&);
  std::int64_t size() const { return height * stride_w * phase_width; }
  /// Position of image point (h, w), padding not counted.
  std::int64_t at(std::int64_t h, std::int64_t w) const {
    const std::int64_t column = w + pad_w;
    return ((h + pad_h) * stride_w + column % stride_w) * phase_width + column / stride_w;
  }
};

/// One-channel convolutions with P×Q plane y, padded plane x and R×S filter f, all in the arithmetic Number:
/// y += conv(x, f); x += the transposed convolution of y and f; f += the correlation of x and y.
template <class Number>
void convolve_fwd(const PaddedPlane&, const Number* x, const Number* f, Number* y);
template <class Number>
void convolve_bwd_data(const PaddedPlane&, Number* x, const Number* f, const Number* y);
template <class Number>
void convolve_bwd_weights(const PaddedPlane&, const Number* x, Number* f, const Number* y);

}  // namespace chipfit::oracle
