#pragma once
#include <array>

#include "kernels/problem/dtype.hpp"

namespace chipfit {

/// The table of element types; its columns are described at DtypeInfo. Ask info() for a row.
inline constexpr auto kDtypes = [] {
  using enum Dtype;
  return std::array{
      DtypeInfo{f64, "f64", 8, false, false, 53, 0x1p-53, 0x1.fffffffffffffp1023, 53, f64, 0x7FF8ull << 48},
      DtypeInfo{f32, "f32", 4, false, false, 24, 0x1p-24, 0x1.fffffep127, 24, f32, 0x7FC00000},
      DtypeInfo{f16, "f16", 2, false, false, 11, 0x1p-11, 65504, 24, f32, 0x7E00},
      DtypeInfo{bf16, "bf16", 2, false, false, 8, 0x1p-8, 0x1.fep127, 24, f32, 0x7FC0},
      DtypeInfo{e4m3, "e4m3", 1, false, false, 4, 0x1p-4, 448, 14, f32, 0x7F},
      DtypeInfo{e5m2, "e5m2", 1, false, false, 3, 0x1p-3, 57344, 14, f32, 0x7E},
      DtypeInfo{i8, "i8", 1, true, false, 7, 0, 127, 31, i8, 0},
      DtypeInfo{u8, "u8", 1, true, true, 8, 0, 255, 31, i8, 0},
      DtypeInfo{i32, "i32", 4, true, false, 31, 0, 2147483647, 31, i32, 0},
  };
}();

/// The defined combinations. The first of an input type is its default.
inline constexpr auto kCombos = [] {
  using enum Dtype;
  return std::array{
      DtypeCombo{f64, f64, f64, f64},    DtypeCombo{f32, f32, f32, f32},    DtypeCombo{f16, f16, f32, f16},
      DtypeCombo{f16, f16, f32, f32},    DtypeCombo{bf16, bf16, f32, bf16}, DtypeCombo{bf16, bf16, f32, f32},
      DtypeCombo{e4m3, e4m3, f32, bf16}, DtypeCombo{e4m3, e4m3, f32, f32},  DtypeCombo{e4m3, e5m2, f32, bf16},
      DtypeCombo{e4m3, e5m2, f32, f32},  DtypeCombo{e5m2, e5m2, f32, bf16}, DtypeCombo{e5m2, e5m2, f32, f32},
      DtypeCombo{e5m2, e4m3, f32, bf16}, DtypeCombo{e5m2, e4m3, f32, f32},  DtypeCombo{i8, i8, i32, i32},
      DtypeCombo{u8, i8, i32, i32},
  };
}();

/// Whether any combination multiplies elements of `a` by elements of `b`.
constexpr bool are_multiplied(Dtype a, Dtype b) {
  for (const DtypeCombo& combo : kCombos) {
    if (combo.a == a && combo.b == b) return true;
  }
  return false;
}

}  // namespace chipfit
