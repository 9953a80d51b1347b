#include "kernels/problem/dtype.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "kernels/problem/convert.hpp"

namespace chipfit {
namespace {

void expect_error(const Result<DtypeCombo>& result, const std::string& what, const std::string& hint) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, Error::Kind::usage);
  EXPECT_EQ(result.error().what, what);
  EXPECT_EQ(result.error().hint, hint);
}

TEST(Combo, ErrorsNameThePartThatIsWrong) {
  const std::string shape = "write an input type (bf16), or input, accumulator and result (bf16-f32-f32)";
  expect_error(parse_combo("f33"), "'f33' is not an element type", "did you mean 'f32'?");
  expect_error(parse_combo("bf16-f32-f23"), "'f23' is not an element type", "did you mean 'f32'?");
  expect_error(parse_combo("f16+bf61-f32-f32"), "'bf61' is not an element type", "did you mean 'bf16'?");
  expect_error(parse_combo("double"), "'double' is not an element type",
               "known: f64, f32, f16, bf16, e4m3, e5m2, i8, u8, i32");
  expect_error(parse_combo(""), "'' is not an element type", "known: f64, f32, f16, bf16, e4m3, e5m2, i8, u8, i32");
  expect_error(parse_combo("f32-f32"), "'f32-f32' is not a combination of element types", shape);
  expect_error(parse_combo("f32-f32-f32-f32"), "'f32-f32-f32-f32' is not a combination of element types", shape);
  expect_error(parse_combo("f16+f16"), "'f16+f16' names two input types but no result",
               "write input, accumulator and result (bf16-f32-f32)");
  expect_error(parse_combo("i32"), "i32 is not an input type", "i32 is the accumulator and the result of i8 and u8");
  expect_error(parse_combo("f16-f16-f16"), "f16-f16-f16 is not a defined combination of element types",
               "defined: f64, f32, f16, f16-f32-f32, bf16, bf16-f32-f32, e4m3, e4m3-f32-f32, e4m3+e5m2-f32-bf16, "
               "e4m3+e5m2-f32-f32, e5m2, e5m2-f32-f32, e5m2+e4m3-f32-bf16, e5m2+e4m3-f32-f32, i8, u8");
  expect_error(parse_combo("f16+bf16-f32-f32"), "f16+bf16-f32-f32 is not a defined combination of element types",
               "defined: f64, f32, f16, f16-f32-f32, bf16, bf16-f32-f32, e4m3, e4m3-f32-f32, e4m3+e5m2-f32-bf16, "
               "e4m3+e5m2-f32-f32, e5m2, e5m2-f32-f32, e5m2+e4m3-f32-bf16, e5m2+e4m3-f32-f32, i8, u8");
}

TEST(Combo, RoundTrips) {
  for (const DtypeCombo& combo : all_combos()) EXPECT_EQ(parse_combo(to_string(combo)).value(), combo);
  EXPECT_EQ(parse_combo("bf16-f32-bf16").value(), default_combo(Dtype::bf16).value());  // the long form of a default
  EXPECT_EQ(parse_combo("i8+i8-i32-i32").value(), default_combo(Dtype::i8).value());
}

TEST(Combo, DefaultsAreThoseOfTheContract) {
  using enum Dtype;
  EXPECT_EQ(default_combo(f32).value(), (DtypeCombo{f32, f32, f32, f32}));
  EXPECT_EQ(default_combo(f64).value(), (DtypeCombo{f64, f64, f64, f64}));
  EXPECT_EQ(default_combo(f16).value(), (DtypeCombo{f16, f16, f32, f16}));
  EXPECT_EQ(default_combo(bf16).value(), (DtypeCombo{bf16, bf16, f32, bf16}));
  EXPECT_EQ(default_combo(i8).value(), (DtypeCombo{i8, i8, i32, i32}));
  EXPECT_EQ(default_combo(e4m3).value(), (DtypeCombo{e4m3, e4m3, f32, bf16}));
  EXPECT_EQ(default_combo(e5m2).value(), (DtypeCombo{e5m2, e5m2, f32, bf16}));
  EXPECT_EQ(default_combo(u8).value(), (DtypeCombo{u8, i8, i32, i32}));
  EXPECT_EQ(parse_combo("u8+i8-i32-i32").value(), default_combo(u8).value());
  EXPECT_FALSE(parse_combo("u8+u8-i32-i32"));
  EXPECT_EQ(to_string(DtypeCombo{bf16, bf16, f32, f32}), "bf16-f32-f32");
  EXPECT_EQ(to_string(DtypeCombo{f16, bf16, f32, f32}), "f16+bf16-f32-f32");
  EXPECT_EQ(all_combos().size(), 16u);
}

TEST(DtypeTable, NumbersAreThoseOfThePluginAbi) {
  EXPECT_EQ(static_cast<int>(Dtype::f64), 1);
  EXPECT_EQ(static_cast<int>(Dtype::f32), 2);
  EXPECT_EQ(static_cast<int>(Dtype::f16), 3);
  EXPECT_EQ(static_cast<int>(Dtype::bf16), 4);
  EXPECT_EQ(static_cast<int>(Dtype::e4m3), 5);
  EXPECT_EQ(static_cast<int>(Dtype::e5m2), 6);
  EXPECT_EQ(static_cast<int>(Dtype::i8), 7);
  EXPECT_EQ(static_cast<int>(Dtype::u8), 8);
  EXPECT_EQ(static_cast<int>(Dtype::i32), 9);
  for (int i = 0; i < 5; ++i) EXPECT_NE(name(Math(i + 1)), "unknown");
}

TEST(DtypeTable, RoundoffAndLargestAgreeWithTheConversions) {
  for (const DtypeInfo& dtype : all_dtypes()) {
    SCOPED_TRACE(std::string(dtype.name));
    EXPECT_EQ(parse_dtype(dtype.name).value(), dtype.id);
    EXPECT_EQ(&info(dtype.id), &dtype);
    std::uint64_t cell = 0;
    store(dtype.id, &cell, 0, dtype.largest_finite);
    EXPECT_EQ(load(dtype.id, &cell, 0), dtype.largest_finite);
    if (dtype.is_integer) {
      EXPECT_EQ(std::exp2(dtype.significand_bits) - 1, dtype.largest_finite);
      EXPECT_EQ(dtype.unit_roundoff, 0);
      continue;
    }
    EXPECT_EQ(dtype.unit_roundoff, std::exp2(-dtype.significand_bits));
    // Half a unit in the last place above 1 is a tie and goes to the even 1; anything more goes up.
    store(dtype.id, &cell, 0, 1 + dtype.unit_roundoff);
    EXPECT_EQ(load(dtype.id, &cell, 0), 1);
    store(dtype.id, &cell, 0, 1 + 2 * dtype.unit_roundoff);
    EXPECT_EQ(load(dtype.id, &cell, 0), 1 + 2 * dtype.unit_roundoff);
  }
}

TEST(DtypeTable, ANumberThatIsNoTypeIsNotAnIndex) {
  EXPECT_EQ(info(Dtype(250)).name, "unknown");
  EXPECT_EQ(name(Math(250)), "unknown");
}

TEST(Math, ErrorsSuggest) {
  EXPECT_EQ(parse_math("tf32").value(), Math::tf32);
  const auto wrong = parse_math("strikt");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().what, "'strikt' is not a math mode");
  EXPECT_EQ(wrong.error().hint, "did you mean 'strict'?");
}

}  // namespace
}  // namespace chipfit
