#pragma once
#include <cstdint>

#include "kernels/cuda/index/fast_divide.hpp"

namespace chipfit::cuda {

// Operands of an implicit GEMM. Each answers where element (mn, k) lies, as an offset in elements, or −1 where the
// matrix has a zero (outside the extents, in the padding, between strides). The work is divided between what depends on
// mn alone (kept in registers over the whole sum), on k alone, and on both:
//
//   Outer outer(std::int64_t mn) const;   Inner inner(std::int64_t k) const;
//   std::int64_t offset(const Outer&, const Inner&) const;

/// A strided matrix.
struct DenseOperand {
  std::int64_t mn_extent, k_extent, mn_stride, k_stride;

  using Outer = std::int64_t;
  using Inner = std::int64_t;
  CHIPFIT_HD Outer outer(std::int64_t mn) const { return mn < mn_extent ? mn * mn_stride : -1; }
  CHIPFIT_HD Inner inner(std::int64_t k) const { return k < k_extent ? k * k_stride : -1; }
  CHIPFIT_HD std::int64_t offset(const Outer& o, const Inner& i) const { return o < 0 || i < 0 ? -1 : o + i; }
};

/// The geometry of one group of an NHWC convolution, prepared for division. All products of extents below 2^31.
struct ConvGeometry {
  std::int32_t n, h, w, p, q, r, s;
  std::int32_t c, k;              ///< channels and filters of one group
  std::int32_t c_total, k_total;  ///< of all groups: the distance of neighbouring pixels
  std::int32_t pad_h, pad_w, stride_h, stride_w, dil_h, dil_w;
  FastDivide by_p, by_q, by_h, by_w, by_c, by_k, by_s, by_stride_h, by_stride_w;
};

/// A pixel of the image (or of the output) and the position in the other one that it touches at tap (0, 0).
struct PixelState {
  std::int64_t image;  ///< offset of the image's first element, −1: no such pixel
  std::int32_t h, w;
};
/// A filter tap and a channel.
struct TapState {
  std::int32_t h, w, channel;  ///< distance in the image; channel −1: no such tap
};

CHIPFIT_HD TapState tap_state(const ConvGeometry& g, std::int64_t index, const FastDivide& by_channels,
                              std::int32_t channels) {
  if (index >= std::int64_t{g.r} * g.s * channels) return {0, 0, -1};
  const std::uint32_t flat = static_cast<std::uint32_t>(index), tap = by_channels.quotient(flat);
  const std::uint32_t row = g.by_s.quotient(tap);
  return {static_cast<std::int32_t>(row) * g.dil_h, static_cast<std::int32_t>(tap - row * g.s) * g.dil_w,
          static_cast<std::int32_t>(flat - tap * channels)};
}

/// X seen by fwd: mn = output pixel (n, p, q), k = (r, s, c). Element X[n, p·stride − pad + r·dil, …, c].
struct Im2col {
  ConvGeometry g;

  using Outer = PixelState;
  using Inner = TapState;
  CHIPFIT_HD Outer outer(std::int64_t pixel) const {
    if (pixel >= std::int64_t{g.n} * g.p * g.q) return {-1, 0, 0};
    const std::uint32_t flat = static_cast<std::uint32_t>(pixel), row = g.by_q.quotient(flat);
    const std::uint32_t image = g.by_p.quotient(row);
    return {std::int64_t{image} * g.h * g.w * g.c_total,
            static_cast<std::int32_t>(row - image * g.p) * g.stride_h - g.pad_h,
            static_cast<std::int32_t>(flat - row * g.q) * g.stride_w - g.pad_w};
  }
  CHIPFIT_HD Inner inner(std::int64_t k) const { return tap_state(g, k, g.by_c, g.c); }
  CHIPFIT_HD std::int64_t offset(const Outer& o, const Inner& i) const {
    const std::int32_t h = o.h + i.h, w = o.w + i.w;
    const bool inside = o.image >= 0 && i.channel >= 0 && h >= 0 && h < g.h && w >= 0 && w < g.w;
    return inside ? o.image + (std::int64_t{h} * g.w + w) * g.c_total + i.channel : -1;
  }
};

/// X seen by bwd_weights: mn = (r, s, c), k = output pixel.
struct Im2colTransposed {
  Im2col x;

  using Outer = TapState;
  using Inner = PixelState;
  CHIPFIT_HD Outer outer(std::int64_t mn) const { return x.inner(mn); }
  CHIPFIT_HD Inner inner(std::int64_t k) const { return x.outer(k); }
  CHIPFIT_HD std::int64_t offset(const Outer& o, const Inner& i) const { return x.offset(i, o); }
};

/// dY seen by bwd_data: mn = input pixel (n, h, w), k = (r, s, filter). Element dY[n, p, q, filter] with
/// p·stride = h + pad − r·dil, where that division leaves no rest.
struct Gradient {
  ConvGeometry g;

  using Outer = PixelState;
  using Inner = TapState;
  CHIPFIT_HD Outer outer(std::int64_t pixel) const {
    if (pixel >= std::int64_t{g.n} * g.h * g.w) return {-1, 0, 0};
    const std::uint32_t flat = static_cast<std::uint32_t>(pixel), row = g.by_w.quotient(flat);
    const std::uint32_t image = g.by_h.quotient(row);
    return {std::int64_t{image} * g.p * g.q * g.k_total, static_cast<std::int32_t>(row - image * g.h) + g.pad_h,
            static_cast<std::int32_t>(flat - row * g.w) + g.pad_w};
  }
  CHIPFIT_HD Inner inner(std::int64_t k) const { return tap_state(g, k, g.by_k, g.k); }
  CHIPFIT_HD std::int64_t offset(const Outer& o, const Inner& i) const {
    const std::int32_t y = o.h - i.h, x = o.w - i.w;
    if (o.image < 0 || i.channel < 0 || y < 0 || x < 0) return -1;
    const std::int32_t p = static_cast<std::int32_t>(g.by_stride_h.quotient(static_cast<std::uint32_t>(y)));
    const std::int32_t q = static_cast<std::int32_t>(g.by_stride_w.quotient(static_cast<std::uint32_t>(x)));
    if (p * g.stride_h != y || q * g.stride_w != x || p >= g.p || q >= g.q) return -1;
    return o.image + (std::int64_t{p} * g.q + q) * g.k_total + i.channel;
  }
};

/// W (KRSC) seen by bwd_data: mn = channel, k = (r, s, filter).
struct FiltersTransposed {
  ConvGeometry g;

  using Outer = std::int64_t;
  using Inner = std::int64_t;
  CHIPFIT_HD Outer outer(std::int64_t mn) const { return mn < g.c ? mn : -1; }
  CHIPFIT_HD Inner inner(std::int64_t k) const {
    if (k >= std::int64_t{g.r} * g.s * g.k) return -1;
    const std::uint32_t flat = static_cast<std::uint32_t>(k), tap = g.by_k.quotient(flat);
    return (std::int64_t{flat - tap * g.k} * g.r * g.s + tap) * g.c;
  }
  CHIPFIT_HD std::int64_t offset(const Outer& o, const Inner& i) const { return o < 0 || i < 0 ? -1 : o + i; }
};

/// An operand of a batch: its first element, the distance between batches in elements, and whether runs of 16 bytes
/// along the contiguous dimension are whole and aligned (`chunks`) or every element is looked up (`elements`).
enum class Access : std::uint8_t { chunks, elements };

template <class Map>
struct Operand {
  const void* data = nullptr;
  std::int64_t batch_stride = 0;
  Access access = Access::elements;
  Map map{};
};

}  // namespace chipfit::cuda
