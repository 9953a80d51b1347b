#pragma once
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <random>
#include <sstream>

#include "tests/vendor/loaded_plugin.hpp"
#include "tests/vendor/naive.hpp"

namespace chipfit::test {

/// A plugin of this build; of the folder that CHIPFIT_TEST_PLUGINS names, where tests have been carried elsewhere.
inline std::string path_of(const std::string& backend) {
  const char* elsewhere = std::getenv("CHIPFIT_TEST_PLUGINS");
  return std::string(elsewhere ? elsewhere : CHIPFIT_PLUGIN_DIR) + "/" + backend + ".so";
}

/// Types of a, b, accumulator and output; from one input type alone, what that stands for.
struct Types {
  std::uint32_t a, b, acc, out;
  constexpr Types(std::uint32_t dtype) : a(dtype), b(dtype), acc(dtype), out(dtype) {
    const bool fp8 = dtype == CHIPFIT_E4M3 || dtype == CHIPFIT_E5M2;
    if (dtype == CHIPFIT_F16 || dtype == CHIPFIT_BF16 || fp8) acc = CHIPFIT_F32;
    if (fp8) out = CHIPFIT_BF16;
    if (dtype == CHIPFIT_I8 || dtype == CHIPFIT_U8) acc = out = CHIPFIT_I32, b = CHIPFIT_I8;
  }
  constexpr Types(std::uint32_t type_a, std::uint32_t type_b, std::uint32_t type_acc, std::uint32_t type_out)
      : a(type_a), b(type_b), acc(type_acc), out(type_out) {}
  bool operator==(const Types&) const = default;
};
inline constexpr Types bf16_to_f32{CHIPFIT_BF16, CHIPFIT_BF16, CHIPFIT_F32, CHIPFIT_F32};

inline chipfit_problem problem_of(std::uint32_t op, const Types& types, std::uint32_t layout) {
  chipfit_problem p{};
  p.struct_size = sizeof p;
  p.op = op;
  p.dtype_a = types.a, p.dtype_b = types.b, p.dtype_acc = types.acc, p.dtype_out = types.out;
  p.math = CHIPFIT_STRICT;
  p.layout = layout;
  return p;
}

inline chipfit_problem gemm(const Types& types, std::int64_t m, std::int64_t n, std::int64_t k, std::int64_t batch = 1,
                            std::uint32_t ta = 0, std::uint32_t tb = 0) {
  chipfit_problem p = problem_of(CHIPFIT_GEMM, types, CHIPFIT_ROW_MAJOR);
  p.shape.gemm = {m, n, k, batch, ta, tb};
  return p;
}

inline std::int64_t extent(std::int64_t in, std::int64_t filter, std::int64_t pad, std::int64_t stride,
                           std::int64_t dil) {
  const std::int64_t covered = in + 2 * pad - dil * (filter - 1) - 1;
  return covered < 0 ? 0 : covered / stride + 1;
}

inline chipfit_problem conv(std::uint32_t op, const Types& types, std::uint32_t layout, chipfit_conv_shape f) {
  chipfit_problem p = problem_of(op, types, layout);
  f.p = extent(f.h, f.r, f.pad_h, f.stride_h, f.dil_h);
  f.q = extent(f.w, f.s, f.pad_w, f.stride_w, f.dil_w);
  p.shape.conv = f;
  return p;
}

inline std::int64_t elements(const chipfit_problem& p, int operand) {
  if (p.op == CHIPFIT_GEMM) {
    const chipfit_gemm_shape& s = p.shape.gemm;
    const std::int64_t sizes[] = {s.m * s.k, s.k * s.n, s.m * s.n};
    return s.batch * sizes[operand];
  }
  const chipfit_conv_shape& f = p.shape.conv;
  const std::int64_t x = f.n * f.c * f.h * f.w, w = f.k * (f.c / f.groups) * f.r * f.s, y = f.n * f.k * f.p * f.q;
  const std::int64_t order[3][3] = {{x, w, y}, {y, w, x}, {x, y, w}};
  return order[p.op - CHIPFIT_CONV_FWD][operand];
}

/// Small whole numbers are exact in every type, and so are their sums here: results are compared for equality. u8: all.
inline std::vector<double> whole_numbers(std::uint32_t dtype, std::int64_t n, std::mt19937& random) {
  std::uniform_int_distribution<int> values(dtype == CHIPFIT_U8 ? 0 : -2, dtype == CHIPFIT_U8 ? 255 : 2);
  std::vector<double> data(static_cast<std::size_t>(n));
  for (double& v : data) v = values(random);
  return data;
}

template <class T>
std::vector<char> packed_as(const std::vector<double>& values, T (*convert)(double)) {
  std::vector<char> bytes(values.size() * sizeof(T));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const T v = convert(values[i]);
    std::memcpy(bytes.data() + i * sizeof(T), &v, sizeof(T));
  }
  return bytes;
}
// Bits of a value that is exact in bfloat16 and binary16, which small whole numbers are.
inline std::uint16_t bf16_bits(double value) {
  const float f = static_cast<float>(value);
  std::uint32_t bits;
  std::memcpy(&bits, &f, 4);
  return static_cast<std::uint16_t>(bits >> 16);
}
inline std::uint16_t f16_bits(double value) {
  if (value == 0) return 0;
  int exponent;
  const double fraction = std::frexp(std::abs(value), &exponent);  // in [0.5, 1)
  return static_cast<std::uint16_t>((value < 0 ? 0x8000 : 0) | (exponent + 14) << 10 |
                                    (static_cast<int>(fraction * 2048) & 1023));
}
/// The value of an 8-bit code by the definition of OCP.
inline double fp8_value(std::uint32_t dtype, int code) {
  const int fraction_bits = dtype == CHIPFIT_E4M3 ? 3 : 2, bias = dtype == CHIPFIT_E4M3 ? 7 : 15;
  const int exponent = (code & 0x7f) >> fraction_bits, fraction = code & ((1 << fraction_bits) - 1);
  const double sign = code & 0x80 ? -1 : 1;
  if (exponent == 0) return sign * std::ldexp(fraction, 1 - bias - fraction_bits);
  return sign * std::ldexp((1 << fraction_bits) + fraction, exponent - bias - fraction_bits);
}
template <std::uint32_t dtype>
std::uint8_t fp8_bits(double value) {
  int code = 0;
  while (fp8_value(dtype, code) != value) ++code;
  return static_cast<std::uint8_t>(code);
}
inline std::vector<char> packed(std::uint32_t dtype, const std::vector<double>& v) {
  switch (dtype) {
    case CHIPFIT_F64:
      return packed_as<double>(v, [](double x) { return x; });
    case CHIPFIT_F32:
      return packed_as<float>(v, [](double x) { return static_cast<float>(x); });
    case CHIPFIT_F16:
      return packed_as<std::uint16_t>(v, f16_bits);
    case CHIPFIT_BF16:
      return packed_as<std::uint16_t>(v, bf16_bits);
    case CHIPFIT_E4M3:
      return packed_as<std::uint8_t>(v, fp8_bits<CHIPFIT_E4M3>);
    case CHIPFIT_E5M2:
      return packed_as<std::uint8_t>(v, fp8_bits<CHIPFIT_E5M2>);
    case CHIPFIT_I8:
      return packed_as<std::int8_t>(v, [](double x) { return static_cast<std::int8_t>(x); });
    case CHIPFIT_U8:
      return packed_as<std::uint8_t>(v, [](double x) { return static_cast<std::uint8_t>(x); });
    default:
      return packed_as<std::int32_t>(v, [](double x) { return static_cast<std::int32_t>(x); });
  }
}

/// Computes the problem on random whole numbers and compares every element with the plain loops.
inline ::testing::AssertionResult is_right(const LoadedPlugin& plugin, const chipfit_problem& p, std::mt19937& random) {
  const std::vector<double> in0 = whole_numbers(p.dtype_a, elements(p, 0), random);
  const std::vector<double> in1 = whole_numbers(p.dtype_b, elements(p, 1), random);
  const std::vector<double> before = whole_numbers(p.dtype_out, elements(p, 2), random);
  std::vector<double> expected(before.size(), 0.0);
  if (p.accumulate) expected = before;
  if (p.op == CHIPFIT_GEMM)
    naive_gemm(p.shape.gemm, in0, in1, expected);
  else
    naive_conv(p.op, p.layout == CHIPFIT_NHWC, p.shape.conv, in0, in1, expected);
  std::vector<char> got =
      plugin.compute(p, packed(p.dtype_a, in0), packed(p.dtype_b, in1), packed(p.dtype_out, before));
  const std::vector<char> want = packed(p.dtype_out, expected);
  const std::size_t size = want.size() / expected.size();
  for (std::size_t i = 0; i < expected.size(); ++i) {
    char* element = got.data() + i * size;
    // A zero may have either sign: the sign is the top bit of the last byte.
    if (expected[i] == 0 && p.dtype_out != CHIPFIT_I32 && element[size - 1] == '\x80') element[size - 1] = 0;
    if (std::memcmp(element, want.data() + i * size, size) != 0)
      return ::testing::AssertionFailure() << "element " << i << " of " << expected.size() << " is not " << expected[i];
  }
  return ::testing::AssertionSuccess();
}

inline std::string words(const chipfit_problem& p) {
  std::ostringstream text;
  text << "op " << p.op << " types " << p.dtype_a << "·" << p.dtype_b << "→" << p.dtype_out << " layout " << p.layout
       << " acc " << p.accumulate << ":";
  for (int i = 0; i < (p.op == CHIPFIT_GEMM ? 4 : 16); ++i) text << ' ' << p.shape.words[i];
  return text.str();
}

inline chipfit_conv_shape random_conv(std::mt19937& random) {
  const auto pick = [&](int low, int high) {
    return std::int64_t{std::uniform_int_distribution<int>(low, high)(random)};
  };
  chipfit_conv_shape f{};
  do {
    f.groups = pick(1, 4);
    f.n = pick(1, 3), f.c = f.groups * pick(1, 4), f.k = f.groups * pick(1, 4);
    f.h = pick(1, 9), f.w = pick(1, 9), f.r = pick(1, 4), f.s = pick(1, 4);
    f.pad_h = pick(0, 3), f.pad_w = pick(0, 3), f.stride_h = pick(1, 3), f.stride_w = pick(1, 3);
    f.dil_h = pick(1, 2), f.dil_w = pick(1, 2);
    if (pick(0, 3) == 0) f.r = f.s = 1, f.pad_h = f.pad_w = 0, f.stride_h = f.stride_w = 1;
    f.p = extent(f.h, f.r, f.pad_h, f.stride_h, f.dil_h), f.q = extent(f.w, f.s, f.pad_w, f.stride_w, f.dil_w);
  } while (f.p < 1 || f.q < 1);
  return f;
}

/// The algorithm that prepare names, or its reason for refusing.
inline std::string algorithm_of(const LoadedPlugin& plugin, const chipfit_problem& p) {
  chipfit_kernel kernel = nullptr;
  if (plugin.table().prepare(plugin.device(), &p, &kernel) != CHIPFIT_OK) return plugin.error();
  const std::string name = plugin.table().algorithm(plugin.device(), kernel);
  plugin.table().release(plugin.device(), kernel);
  return name;
}

}  // namespace chipfit::test
