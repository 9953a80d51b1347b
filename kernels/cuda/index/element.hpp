#pragma once
#include <cstdint>

#include "kernels/cuda/index/host_device.hpp"

namespace chipfit::cuda {

/// Element types as the kernels see them. tf32 is f32 in memory, multiplied with 11 significand bits; of the fp8 types,
/// which may differ in one product, the pairs are types of their own (A's first).
enum class Element : std::uint8_t { f64, f32, tf32, f16, bf16, e4m3, e5m2, e4m3_e5m2, e5m2_e4m3, i8, i32 };

CHIPFIT_HD constexpr bool is_fp8(Element e) {
  return e == Element::e4m3 || e == Element::e5m2 || e == Element::e4m3_e5m2 || e == Element::e5m2_e4m3;
}

CHIPFIT_HD constexpr int bytes_of(Element e) {
  switch (e) {
    case Element::f64:
      return 8;
    case Element::f32:
    case Element::tf32:
    case Element::i32:
      return 4;
    case Element::f16:
    case Element::bf16:
      return 2;
    default:
      return 1;
  }
}

}  // namespace chipfit::cuda
