#pragma once
#include "kernels/cuda/index/operands.hpp"
#include "kernels/cuda/index/output.hpp"
#include "kernels/cuda/index/schedule.hpp"

namespace chipfit::cuda {

/// What the operands are. matrix: A and B are. The others are convolutions through the copy engine's im2col mode.
/// im2col: forward, A is the image. gradient: with respect to the image, A is dY and B the filters turned by 180°.
/// weights: with respect to the filters, A is dY transposed and B the image; each tap is a product of its own.
enum class Source { matrix, im2col, gradient, weights };
/// How results leave the block: from registers, or through shared memory and the copy engine (16-bit results that are
/// overwritten, whose rows begin at multiples of 16 bytes).
enum class StoreBy : std::uint8_t { threads, copy_engine };

/// What a Hopper kernel is to compute, beside the maps of its operands.
struct HopperWork {
  Schedule schedule;
  Output out;
  Partial partial;
  StoreBy store = StoreBy::threads;
  ConvGeometry conv{};  ///< of the image that im2col walks over; not for Source::matrix
};

/// Where the box of one k-slice of an im2col tile starts. A slice is a filter tap and a block of channels.
struct Im2colBox {
  std::int32_t channel, w, h, n;     ///< coordinates of the first pixel's tap (0, 0)
  std::uint16_t tap_w, tap_h;        ///< distance of this slice's tap
  std::int32_t filter_channel, tap;  ///< coordinates in the filters (C, R·S, K)
};
/// `first_pixel` = n·P·Q + p·Q + q; slice = tap · ceil(c / slice_channels) + block of channels.
CHIPFIT_HD Im2colBox im2col_box(const ConvGeometry& g, std::int64_t group, std::int64_t first_pixel, int slice,
                                int slice_channels) {
  const std::uint32_t pixel = static_cast<std::uint32_t>(first_pixel), row = g.by_q.quotient(pixel);
  const std::uint32_t image = g.by_p.quotient(row);
  const int blocks = (g.c + slice_channels - 1) / slice_channels, tap = slice / blocks;
  const int tap_row = static_cast<int>(g.by_s.quotient(static_cast<std::uint32_t>(tap)));
  Im2colBox box;
  box.filter_channel = (slice - tap * blocks) * slice_channels;
  box.channel = static_cast<std::int32_t>(group) * g.c + box.filter_channel;
  box.w = static_cast<std::int32_t>(pixel - row * static_cast<std::uint32_t>(g.q)) * g.stride_w - g.pad_w;
  box.h = static_cast<std::int32_t>(row - image * static_cast<std::uint32_t>(g.p)) * g.stride_h - g.pad_h;
  box.n = static_cast<std::int32_t>(image);
  box.tap = tap;
  box.tap_h = static_cast<std::uint16_t>(tap_row * g.dil_h);
  box.tap_w = static_cast<std::uint16_t>((tap - tap_row * g.s) * g.dil_w);
  return box;
}

/// The same where k is the pixel and the tap is fixed. Channels are the caller's.
CHIPFIT_HD Im2colBox im2col_box_of_tap(const ConvGeometry& g, std::int64_t first_pixel, int tap) {
  return im2col_box(g, 0, first_pixel, tap, g.c);  // slices as wide as the channels count taps
}

}  // namespace chipfit::cuda
