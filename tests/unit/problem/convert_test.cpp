#include "kernels/problem/convert.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

namespace chipfit {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Value of a binary interchange code by the definition of IEEE 754: written apart from the code under test.
double value_of_code(std::uint16_t code, int exponent_bits, int fraction_bits) {
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const int exponent = (code >> fraction_bits) & ((1 << exponent_bits) - 1);
  const int fraction = code & ((1 << fraction_bits) - 1);
  const double sign = (code & 0x8000) != 0 ? -1 : 1;
  if (exponent == (1 << exponent_bits) - 1) return fraction == 0 ? sign * kInf : kNan;
  const double significand = std::ldexp(fraction, -fraction_bits) + (exponent == 0 ? 0 : 1);
  return sign * std::ldexp(significand, (exponent == 0 ? 1 : exponent) - bias);
}

struct NarrowType {
  Dtype id;
  int exponent_bits, fraction_bits;
  float (*widen)(std::uint16_t);
  std::uint16_t (*narrow)(float);
};
const NarrowType kF16{Dtype::f16, 5, 10, f16_to_f32, f32_to_f16};
const NarrowType kBf16{Dtype::bf16, 8, 7, bf16_to_f32, f32_to_bf16};

class Narrow : public testing::TestWithParam<NarrowType> {
 protected:
  double value(int code) const {
    return value_of_code(static_cast<std::uint16_t>(code), GetParam().exponent_bits, GetParam().fraction_bits);
  }
  int infinity_code() const { return 0x7FFF >> GetParam().fraction_bits << GetParam().fraction_bits; }
};

TEST_P(Narrow, EveryCodeWidensToItsValueAndComesBack) {
  for (int code = 0; code <= 0xFFFF; ++code) {
    const auto bits = static_cast<std::uint16_t>(code);
    const float wide = GetParam().widen(bits);
    if (std::isnan(value(code))) {
      ASSERT_TRUE(std::isnan(wide)) << code;
      const std::uint16_t back = GetParam().narrow(wide);
      ASSERT_TRUE(std::isnan(GetParam().widen(back))) << code;
      ASSERT_EQ(back & 0x8000, bits & 0x8000);
      ASSERT_NE(back & (1 << (GetParam().fraction_bits - 1)), 0) << "a signalling NaN came out of " << code;
      continue;
    }
    ASSERT_EQ(wide, value(code)) << code;
    ASSERT_EQ(std::signbit(wide), code >= 0x8000) << code;
    ASSERT_EQ(GetParam().narrow(wide), bits) << code;
    std::uint16_t stored = 0;
    store(GetParam().id, &stored, 0, wide);
    ASSERT_EQ(stored, bits);
    ASSERT_EQ(load(GetParam().id, &bits, 0), value(code));
  }
}

// Between neighbouring codes: the middle goes to the even code, the next double or float on either side to the nearer.
TEST_P(Narrow, EveryTieGoesToEvenAndEveryNeighbourOfATieToTheNearer) {
  for (int code = 0; code < infinity_code(); ++code) {
    const double low = value(code);
    // The code after the largest finite one stands for the next power of two: what rounds to it becomes infinity.
    const double high = code + 1 == infinity_code() ? std::exp2(std::ilogb(low) + 1) : value(code + 1);
    const double middle = low + (high - low) / 2;
    const int even = code % 2 == 0 ? code : code + 1;
    const auto expect = [&](double x, int expected) {
      std::uint16_t stored = 0;
      store(GetParam().id, &stored, 0, x);
      ASSERT_EQ(stored, expected) << "store of " << x;
      store(GetParam().id, &stored, 0, -x);
      ASSERT_EQ(stored, expected | 0x8000) << "store of " << -x;
      const auto as_float = static_cast<float>(x);
      if (as_float == x) {
        ASSERT_EQ(GetParam().narrow(as_float), expected) << x;
        ASSERT_EQ(GetParam().narrow(-as_float), expected | 0x8000) << -x;
      }
    };
    const auto middle_f32 = static_cast<float>(middle);
    ASSERT_NO_FATAL_FAILURE(expect(middle, even));
    ASSERT_NO_FATAL_FAILURE(expect(std::nextafter(middle, 0), code));         // a double just below the tie:
    ASSERT_NO_FATAL_FAILURE(expect(std::nextafter(middle, kInf), code + 1));  // two roundings would get it wrong
    ASSERT_NO_FATAL_FAILURE(expect(std::nextafter(middle_f32, 0.0f), code));
    ASSERT_NO_FATAL_FAILURE(expect(std::nextafter(middle_f32, std::numeric_limits<float>::infinity()), code + 1));
  }
}

TEST_P(Narrow, OverflowsToInfinityAndKeepsNaN) {
  for (const double big : {1e39, 1e300, std::numeric_limits<double>::max(), kInf}) {
    std::uint16_t stored = 0;
    store(GetParam().id, &stored, 0, big);
    EXPECT_EQ(stored, infinity_code());
    store(GetParam().id, &stored, 0, -big);
    EXPECT_EQ(stored, infinity_code() | 0x8000);
  }
  std::uint16_t stored = 0;
  store(GetParam().id, &stored, 0, kNan);
  EXPECT_TRUE(std::isnan(load(GetParam().id, &stored, 0)));
  // A NaN whose payload lies only in the bits that are dropped must not become infinity.
  EXPECT_TRUE(std::isnan(GetParam().widen(GetParam().narrow(std::bit_cast<float>(0x7F800001u)))));
  store(GetParam().id, &stored, 0, 1e-320);
  EXPECT_EQ(stored, 0);
}

INSTANTIATE_TEST_SUITE_P(Types, Narrow, testing::Values(kF16, kBf16),
                         [](const auto& each) { return each.param.id == Dtype::f16 ? "f16" : "bf16"; });

TEST(Store, IntegersRoundToNearestAndI8Saturates) {
  const auto i8 = [](double value) {
    std::int8_t cell = 0;
    store(Dtype::i8, &cell, 0, value);
    return static_cast<int>(cell);
  };
  EXPECT_EQ(i8(127.4), 127);
  EXPECT_EQ(i8(1e9), 127);
  EXPECT_EQ(i8(-1e9), -128);
  EXPECT_EQ(i8(kInf), 127);
  EXPECT_EQ(i8(-kInf), -128);
  EXPECT_EQ(i8(kNan), 0);
  EXPECT_EQ(i8(2.5), 2);
  EXPECT_EQ(i8(3.5), 4);
  EXPECT_EQ(i8(-0.75), -1);
}

TEST(Store, I32WrapsAsAnAccumulatorDoes) {
  const auto i32 = [](double value) {
    std::int32_t cell = 0;
    store(Dtype::i32, &cell, 0, value);
    return cell;
  };
  EXPECT_EQ(i32(2147483647.0), 2147483647);
  EXPECT_EQ(i32(2147483648.0), std::numeric_limits<std::int32_t>::min());
  EXPECT_EQ(i32(-2147483649.0), 2147483647);
  EXPECT_EQ(i32(4294967296.0 + 5), 5);
  EXPECT_EQ(i32(-0x1p40 - 3), -3);
  EXPECT_EQ(i32(0x1p200), 0);
  EXPECT_EQ(i32(-7), -7);
  EXPECT_EQ(i32(kNan), 0);
  EXPECT_EQ(i32(-kInf), 0);
}

TEST(Store, WritesOneElementOnly) {
  for (const DtypeInfo& dtype : all_dtypes()) {
    std::vector<unsigned char> bytes(3 * static_cast<std::size_t>(dtype.bytes), 0xAA);
    store(dtype.id, bytes.data(), 1, 1);
    for (int i = 0; i < dtype.bytes; ++i) {
      EXPECT_EQ(bytes[static_cast<std::size_t>(i)], 0xAA);
      EXPECT_EQ(bytes[static_cast<std::size_t>(2 * dtype.bytes + i)], 0xAA);
    }
    EXPECT_EQ(load(dtype.id, bytes.data(), 1), 1);
  }
}

// The bulk loops are compiled for several instruction sets; lengths around the vector widths reach their tails.
TEST(Bulk, IsTheSameAsElementByElement) {
  std::mt19937_64 random(7);
  for (const DtypeInfo& dtype : all_dtypes()) {
    SCOPED_TRACE(std::string(dtype.name));
    for (const std::int64_t n : {0, 1, 3, 7, 8, 15, 16, 17, 31, 33, 64, 65, 1000}) {
      // Every element has 8-byte storage to spare, which keeps the array aligned for each type.
      std::vector<std::uint64_t> source(static_cast<std::size_t>(n) + 1);
      for (auto& word : source) word = random();
      std::vector<float> narrow(static_cast<std::size_t>(n) + 1, -5.0f);
      std::vector<double> wide(static_cast<std::size_t>(n) + 1, -5.0);
      to_f32(dtype.id, source.data(), narrow.data(), n);
      to_f64(dtype.id, source.data(), wide.data(), n);
      for (std::int64_t i = 0; i < n; ++i) {
        const double expected = load(dtype.id, source.data(), i);
        const auto at = static_cast<std::size_t>(i);
        if (std::isnan(expected)) {
          ASSERT_TRUE(std::isnan(narrow[at]) && std::isnan(wide[at]));
        } else {
          ASSERT_EQ(narrow[at], static_cast<float>(expected)) << i;
          ASSERT_EQ(wide[at], expected) << i;
        }
      }
      EXPECT_EQ(narrow.back(), -5.0f);
      EXPECT_EQ(wide.back(), -5.0);
    }
  }
}

TEST(Bulk, WidensEveryNarrowCode) {
  std::vector<std::uint16_t> codes(0x10000);
  for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<std::uint16_t>(i);
  std::vector<float> wide(codes.size());
  for (const NarrowType& type : {kF16, kBf16}) {
    to_f32(type.id, codes.data(), wide.data(), 0x10000);
    for (std::size_t i = 0; i < codes.size(); ++i) {
      const float one = type.widen(codes[i]);
      ASSERT_TRUE(std::isnan(one) ? std::isnan(wide[i]) : one == wide[i]) << i;
    }
  }
}

}  // namespace
}  // namespace chipfit
