#include "kernels/problem/convert.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "kernels/problem/element.hpp"

namespace chipfit {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// A narrow binary format by its definition (IEEE 754; OCP 8-bit floating point, revision 1.0), and the conversions
/// under test, from and to its codes.
struct Format {
  Dtype id;
  int bits, exponent_bits, fraction_bits;
  int largest;   ///< code of the largest finite value
  int overflow;  ///< what larger values and infinity become
  float (*widen)(int);
  int (*narrow)(float);

  int sign() const { return 1 << (bits - 1); }
  /// Written apart from the code under test.
  double value(int code) const {
    const int bias = (1 << (exponent_bits - 1)) - 1, magnitude = code & (sign() - 1);
    const int exponent = magnitude >> fraction_bits, fraction = magnitude & ((1 << fraction_bits) - 1);
    const double one = (code & sign()) != 0 ? -1 : 1;
    // IEEE 754 keeps the whole last exponent for infinities and NaNs, E4M3 only its last code.
    if (magnitude > largest) return fraction == 0 ? one * kInf : kNan;
    const double significand = std::ldexp(fraction, -fraction_bits) + (exponent == 0 ? 0 : 1);
    return one * std::ldexp(significand, (exponent == 0 ? 1 : exponent) - bias);
  }
};

template <class T, class Bits>
Format format(Dtype id, int exponent_bits, int fraction_bits, int largest, int overflow) {
  return {id,
          8 * static_cast<int>(sizeof(T)),
          exponent_bits,
          fraction_bits,
          largest,
          overflow,
          [](int code) { return static_cast<float>(widen(T{static_cast<Bits>(code)})); },
          [](float x) { return static_cast<int>(narrow<T>(x).bits); }};
}
const Format kFormats[] = {format<F16, std::uint16_t>(Dtype::f16, 5, 10, 0x7BFF, 0x7C00),
                           format<Bf16, std::uint16_t>(Dtype::bf16, 8, 7, 0x7F7F, 0x7F80),
                           format<E4m3, std::uint8_t>(Dtype::e4m3, 4, 3, 0x7E, 0x7E),
                           format<E5m2, std::uint8_t>(Dtype::e5m2, 5, 2, 0x7B, 0x7B)};

class Narrow : public testing::TestWithParam<Format> {
 protected:
  int stored(double x) const {
    std::uint16_t cell = 0;
    store(GetParam().id, &cell, 0, x);
    return cell;
  }
  double loaded(int code) const {
    const auto cell = static_cast<std::uint16_t>(code);
    return load(GetParam().id, &cell, 0);
  }
};

TEST_P(Narrow, EveryCodeWidensToItsValueAndComesBack) {
  const Format& f = GetParam();
  int nans = 0;
  for (int code = 0; code < 1 << f.bits; ++code) {
    const float wide = f.widen(code);
    ASSERT_EQ(std::signbit(wide), code >= f.sign()) << code;
    if (std::isnan(f.value(code))) {
      ++nans;
      ASSERT_TRUE(std::isnan(wide)) << code;
      const int back = f.narrow(wide);
      ASSERT_TRUE(std::isnan(f.widen(back))) << code;
      ASSERT_EQ(back & f.sign(), code & f.sign());
      ASSERT_NE(back & (1 << (f.fraction_bits - 1)), 0) << "a signalling NaN came out of " << code;
      continue;
    }
    ASSERT_EQ(wide, f.value(code)) << code;
    ASSERT_EQ(loaded(code), f.value(code)) << code;
    const int back = std::isinf(wide) ? f.overflow | (code & f.sign()) : code;
    ASSERT_EQ(f.narrow(wide), back) << code;
    ASSERT_EQ(stored(wide), back) << code;
  }
  EXPECT_GE(nans, 2);
}

// Between neighbouring codes: the middle goes to the even code, the next double or float on either side to the nearer.
TEST_P(Narrow, EveryTieGoesToEvenAndEveryNeighbourOfATieToTheNearer) {
  const Format& f = GetParam();
  for (int code = 0; code <= f.largest; ++code) {
    const double low = f.value(code);
    // After the largest finite value the step stays what it was: what rounds to the next multiple overflows.
    const bool last = code == f.largest;
    const double high = last ? low + (low - f.value(code - 1)) : f.value(code + 1);
    const int above = last ? f.overflow : code + 1;
    const double middle = low + (high - low) / 2;
    const int even = code % 2 == 0 ? code : above;
    const auto expect = [&](double x, int expected) {
      ASSERT_EQ(stored(x), expected) << "store of " << x;
      ASSERT_EQ(stored(-x), expected | f.sign()) << "store of " << -x;
      const auto as_float = static_cast<float>(x);
      if (as_float == x) {
        ASSERT_EQ(f.narrow(as_float), expected) << x;
        ASSERT_EQ(f.narrow(-as_float), expected | f.sign()) << -x;
      }
    };
    const auto middle_f32 = static_cast<float>(middle);
    ASSERT_NO_FATAL_FAILURE(expect(middle, even));
    ASSERT_NO_FATAL_FAILURE(expect(std::nextafter(middle, 0), code));      // a double just below the tie:
    ASSERT_NO_FATAL_FAILURE(expect(std::nextafter(middle, kInf), above));  // two roundings would get it wrong
    ASSERT_NO_FATAL_FAILURE(expect(std::nextafter(middle_f32, 0.0f), code));
    ASSERT_NO_FATAL_FAILURE(expect(std::nextafter(middle_f32, std::numeric_limits<float>::infinity()), above));
  }
}

TEST_P(Narrow, OverflowsAsItsRowSaysAndKeepsNaN) {
  const Format& f = GetParam();
  for (const double big : {1e39, 1e300, std::numeric_limits<double>::max(), kInf}) {
    EXPECT_EQ(stored(big), f.overflow);
    EXPECT_EQ(stored(-big), f.overflow | f.sign());
  }
  EXPECT_TRUE(std::isnan(loaded(stored(kNan))));
  // A NaN whose payload lies only in the bits that are dropped must not become infinity.
  EXPECT_TRUE(std::isnan(f.widen(f.narrow(std::bit_cast<float>(0x7F800001u)))));
  EXPECT_EQ(stored(1e-320), 0);
}

INSTANTIATE_TEST_SUITE_P(Types, Narrow, testing::ValuesIn(kFormats),
                         [](const auto& each) { return std::string(chipfit::info(each.param.id).name); });

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

TEST(Store, U8Saturates) {
  const auto u8 = [](double value) {
    std::uint8_t cell = 1;
    store(Dtype::u8, &cell, 0, value);
    return static_cast<int>(cell);
  };
  EXPECT_EQ(u8(255.4), 255);
  EXPECT_EQ(u8(1e9), 255);
  EXPECT_EQ(u8(kInf), 255);
  EXPECT_EQ(u8(-0.75), 0);
  EXPECT_EQ(u8(-kInf), 0);
  EXPECT_EQ(u8(kNan), 0);
  EXPECT_EQ(u8(127.5), 128);
  EXPECT_EQ(u8(128.5), 128);
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
TEST(Store, Fp8ByTheTablesOfItsSpecification) {
  const auto code = [](Dtype type, double value) {
    std::uint8_t cell = 0;
    store(type, &cell, 0, value);
    return static_cast<int>(cell);
  };
  const auto e4m3 = [&](double value) { return code(Dtype::e4m3, value); };
  EXPECT_EQ(e4m3(448), 0x7E);  // S.1111.110, the largest
  EXPECT_EQ(e4m3(464), 0x7E);  // the tie to what would be 480, were it no NaN
  EXPECT_EQ(e4m3(-1e30), 0xFE);
  EXPECT_EQ(e4m3(kInf), 0x7E);
  EXPECT_EQ(e4m3(-kInf), 0xFE);
  EXPECT_EQ(e4m3(kNan), 0x7F);
  EXPECT_EQ(e4m3(0x1p-6), 0x08);    // the smallest normal
  EXPECT_EQ(e4m3(0x1p-9), 0x01);    // the smallest subnormal
  EXPECT_EQ(e4m3(0x1p-10), 0x00);   // half of it: to even
  EXPECT_EQ(e4m3(0x1.8p-9), 0x02);  // one and a half of it: to even
  EXPECT_EQ(e4m3(-0.0), 0x80);

  const auto e5m2 = [&](double value) { return code(Dtype::e5m2, value); };
  EXPECT_EQ(e5m2(57344), 0x7B);  // S.11110.11, the largest
  EXPECT_EQ(e5m2(61440), 0x7B);  // the tie to 2^16
  EXPECT_EQ(e5m2(-1e30), 0xFB);
  EXPECT_EQ(e5m2(kInf), 0x7B);
  EXPECT_EQ(e5m2(-kInf), 0xFB);
  EXPECT_EQ(e5m2(kNan) | 3, 0x7F);
  EXPECT_EQ(e5m2(0x1p-14), 0x04);
  EXPECT_EQ(e5m2(0x1p-16), 0x01);
  EXPECT_EQ(e5m2(0x1p-17), 0x00);
  const std::uint8_t infinities[] = {0x7C, 0xFC};
  EXPECT_EQ(load(Dtype::e5m2, infinities, 0), kInf);
  EXPECT_EQ(load(Dtype::e5m2, infinities, 1), -kInf);
}

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
  for (const Format& f : kFormats) {
    const std::int64_t count = std::int64_t{1} << f.bits;
    std::vector<std::uint16_t> storage(static_cast<std::size_t>(count));
    auto* codes = reinterpret_cast<unsigned char*>(storage.data());
    const int bytes = f.bits / 8;
    for (std::int64_t i = 0; i < count; ++i) std::memcpy(codes + i * bytes, &i, static_cast<std::size_t>(bytes));
    std::vector<float> wide(storage.size());
    to_f32(f.id, codes, wide.data(), count);
    for (std::int64_t i = 0; i < count; ++i) {
      const float one = f.widen(static_cast<int>(i)), other = wide[static_cast<std::size_t>(i)];
      ASSERT_TRUE(std::isnan(one) ? std::isnan(other) : one == other) << i;
    }
  }
}

}  // namespace
}  // namespace chipfit
