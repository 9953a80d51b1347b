#pragma once
#include <cstdint>

#include "kernels/cuda/index/element.hpp"

namespace chipfit::cuda {

/// What a TMA descriptor says, as plain numbers: the arguments of cuTensorMapEncodeTiled and cuTensorMapEncodeIm2col.
/// Dimension 0 is contiguous. Boxes lie in shared memory with 128-byte rows whose 16-byte chunk c of row r stands at
/// c XOR (r mod 8) (CU_TENSOR_MAP_SWIZZLE_128B); elements outside of the tensor are zeros when read, dropped when
/// written.
struct TensorMapPlan {
  enum class Mode : std::uint8_t { tiled, im2col };
  Mode mode = Mode::tiled;
  Element element = Element::bf16;
  int rank = 3;  ///< tiled: (inner, outer, batch); im2col: (C, W, H, N)
  const void* data = nullptr;
  std::int64_t extent[4] = {1, 1, 1, 1};
  std::int64_t stride_bytes[4] = {0, 0, 0, 0};  ///< of dimensions 1 …; [0] is not used
  int box[4] = {1, 1, 1, 1};                    ///< tiled: elements of each dimension
  // im2col: pixels_per_column output pixels, channels_per_pixel channels each; the first tap of a pixel runs over
  // [lower, extent − 1 + upper] of W and H in steps of `step`.
  int channels_per_pixel = 0, pixels_per_column = 0;
  int lower[2] = {0, 0}, upper[2] = {0, 0}, step[2] = {1, 1};  ///< (W, H)

  std::int64_t box_bytes() const {
    std::int64_t elements = std::int64_t{channels_per_pixel} * pixels_per_column;
    if (mode == Mode::tiled) {
      elements = 1;
      for (int i = 0; i < rank; ++i) elements *= box[i];
    }
    return elements * bytes_of(element);
  }
};

/// nullptr, or the rule of the copy engine that this map breaks (CUDA driver API, "Tensor Map Object Management").
inline const char* rule_broken(const TensorMapPlan& map) {
  const int inner = map.mode == TensorMapPlan::Mode::tiled ? map.box[0] : map.channels_per_pixel;
  if (reinterpret_cast<std::uintptr_t>(map.data) % 16 != 0) return "the data are not aligned to 16 bytes";
  if (inner * bytes_of(map.element) != 128) return "a row of a box has 128 bytes";
  for (int i = 0; i < map.rank; ++i) {
    if (map.extent[i] < 1 || map.extent[i] > (std::int64_t{1} << 32)) return "an extent is not in 1 … 2^32";
    if (i > 0 && (map.stride_bytes[i] % 16 != 0 || map.stride_bytes[i] >= (std::int64_t{1} << 40)))
      return "a stride is not a multiple of 16 bytes below 2^40";
    if (map.mode == TensorMapPlan::Mode::tiled && (map.box[i] < 1 || map.box[i] > 256))
      return "a box has more than 256 elements in one dimension";
  }
  if (map.mode == TensorMapPlan::Mode::im2col) {
    if (map.pixels_per_column > 1024) return "a column has more than 1024 pixels";
    for (int i = 0; i < 2; ++i) {
      if (map.lower[i] < -128 || map.lower[i] > 127 || map.upper[i] < -128 || map.upper[i] > 127)
        return "a corner is not in -128 … 127";
      if (map.step[i] < 1 || map.step[i] > 8) return "a stride is not in 1 … 8";
    }
  }
  return nullptr;
}

}  // namespace chipfit::cuda
