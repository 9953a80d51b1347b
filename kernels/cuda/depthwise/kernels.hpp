#pragma once
#include <cstdint>

#include "kernels/cuda/index/depthwise_arguments.hpp"
#include "kernels/cuda/mma/store.hpp"
#include "kernels/cuda/ptx/ptx.hpp"

namespace chipfit::cuda {

/// How a type is stored and added up.
template <Element kElement>
struct Number {
  using Stored = std::uint16_t;
  using Sum = float;
  static CHIPFIT_DEVICE float value(std::uint16_t bits) {
    return kElement == Element::f16 ? ptx::from_f16(bits) : ptx::from_bf16(bits);
  }
};
template <>
struct Number<Element::f32> {
  using Stored = float;
  using Sum = float;
  static CHIPFIT_DEVICE float value(float x) { return x; }
};
template <>
struct Number<Element::f64> {
  using Stored = double;
  using Sum = double;
  static CHIPFIT_DEVICE double value(double x) { return x; }
};
template <>
struct Number<Element::i8> {
  using Stored = std::int8_t;
  using Sum = std::int32_t;
  static CHIPFIT_DEVICE std::int32_t value(std::int8_t x) { return x; }
};

/// kChannels neighbouring channels, read at once.
template <class Stored, int kChannels>
struct alignas(sizeof(Stored) * kChannels) Channels {
  Stored value[kChannels];
};

inline constexpr int kDepthwiseThreads = 256;

/// fwd and bwd_data: a thread computes kChannels neighbouring channels of one pixel. kChannels above 1 is for one
/// filter per channel and channels that are a multiple of kChannels.
template <Element kElement, int kChannels, bool kBackward>
struct DepthwisePixels {
  static constexpr int kThreads = kDepthwiseThreads, kBlocksPerSm = 1, shared_bytes = 0;
  using Arguments = DepthwiseArguments;
  using Of = Number<kElement>;
  using Sum = typename Of::Sum;
  using Vector = Channels<typename Of::Stored, kChannels>;

  static CHIPFIT_DEVICE void run(const Arguments& args) {
    const ConvGeometry& g = args.geometry;
    const std::int64_t thread = std::int64_t{ptx::block()} * kThreads + ptx::thread();
    const int out_channels = kBackward ? g.c_total : g.k_total, chunks = out_channels / kChannels;
    const std::int64_t pixel = thread / chunks;
    const int channel = static_cast<int>(thread - pixel * chunks) * kChannels;
    Sum sums[kChannels] = {};
    if constexpr (kBackward) {
      const Gradient gradient{g};
      const PixelState at = gradient.outer(pixel);
      if (at.image < 0) return;
      for (int j = 0; j < g.k; ++j) add_taps(args, gradient, at, channel * g.k + j, channel * g.k + j, sums);
    } else {
      const Im2col image{g};
      const PixelState at = image.outer(pixel);
      if (at.image < 0) return;
      add_taps(args, image, at, static_cast<int>(g.by_k.quotient(static_cast<std::uint32_t>(channel))), channel, sums);
    }
    CHIPFIT_UNROLL
    for (int i = 0; i < kChannels; ++i) store_result(args.out, args.out.offset(0, pixel, channel + i), sums[i]);
  }

 private:
  /// Adds in0[…, channel + i] · filter[filter + i] over the taps.
  template <class Map>
  static CHIPFIT_DEVICE void add_taps(const Arguments& args, const Map& map, const PixelState& at, int channel,
                                      int filter, Sum (&sums)[kChannels]) {
    const ConvGeometry& g = args.geometry;
    const auto* in0 = static_cast<const typename Of::Stored*>(args.in0) + channel;
    const auto* filters = static_cast<const typename Of::Stored*>(args.in1) + std::int64_t{filter} * g.r * g.s;
    for (int r = 0; r < g.r; ++r) {
      for (int s = 0; s < g.s; ++s) {
        const std::int64_t offset = map.offset(at, TapState{r * g.dil_h, s * g.dil_w, 0});
        if (offset < 0) continue;
        const Vector x = *reinterpret_cast<const Vector*>(in0 + offset);
        CHIPFIT_UNROLL
        for (int i = 0; i < kChannels; ++i)
          sums[i] += Of::value(x.value[i]) * Of::value(filters[(std::int64_t{i} * g.r + r) * g.s + s]);
      }
    }
  }
};

/// bwd_weights: a block adds up one tap of 32 filters over its part of the output pixels; lanes are filters, warps take
/// pixels in turn.
template <Element kElement>
struct DepthwiseWeights {
  static constexpr int kThreads = kDepthwiseThreads, kBlocksPerSm = 1;
  static constexpr int kWarps = kThreads / 32;
  using Arguments = DepthwiseArguments;
  using Of = Number<kElement>;
  using Sum = typename Of::Sum;
  static constexpr int shared_bytes = kThreads * static_cast<int>(sizeof(Sum));

  static CHIPFIT_HD std::int64_t blocks(const Arguments& args) {
    return std::int64_t{args.splits} * args.geometry.r * args.geometry.s * ((args.geometry.k_total + 31) / 32);
  }

  static CHIPFIT_DEVICE void run(const Arguments& args) {
    const ConvGeometry& g = args.geometry;
    const int taps = g.r * g.s, filter_blocks = (g.k_total + 31) / 32;
    const int flat = static_cast<int>(ptx::block()), tap = flat % taps;
    const int split = flat / taps / filter_blocks, lane = ptx::thread() % 32, warp = ptx::thread() / 32;
    const int filter = flat / taps % filter_blocks * 32 + lane;
    const std::int64_t pixels = std::int64_t{g.n} * g.p * g.q, part = (pixels + args.splits - 1) / args.splits;
    const std::int64_t end = part * (split + 1) < pixels ? part * (split + 1) : pixels;
    Sum sum = 0;
    if (filter < g.k_total) {
      const auto* x =
          static_cast<const typename Of::Stored*>(args.in0) + g.by_k.quotient(static_cast<std::uint32_t>(filter));
      const auto* dy = static_cast<const typename Of::Stored*>(args.in1) + filter;
      const Im2col image{g};
      const TapState at{tap / g.s * g.dil_h, tap % g.s * g.dil_w, 0};
      for (std::int64_t pixel = part * split + warp; pixel < end; pixel += kWarps) {
        const std::int64_t offset = image.offset(image.outer(pixel), at);
        if (offset >= 0) sum += Of::value(x[offset]) * Of::value(dy[pixel * g.k_total]);
      }
    }
    ptx::store_shared(ptx::thread() * static_cast<int>(sizeof(Sum)), sum);
    ptx::sync_threads();
    if (warp > 0 || filter >= g.k_total) return;
    for (int i = 1; i < kWarps; ++i) sum += ptx::load_shared<Sum>((i * 32 + lane) * static_cast<int>(sizeof(Sum)));
    if (args.splits == 1)
      store_result(args.out, args.out.offset(0, filter, tap), sum);
    else
      static_cast<Sum*>(args.partial.data)[args.partial.offset(split, 0, filter, tap)] = sum;
  }
};

}  // namespace chipfit::cuda
