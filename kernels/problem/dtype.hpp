#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "kernels/base/result.hpp"

namespace chipfit {

/// Element types. The numbers are those of the plugin ABI (chipfit_dtype) and never change.
/// e4m3 and e5m2 are the 8-bit types of OCP, the first without infinities.
enum class Dtype : std::uint8_t { f64 = 1, f32 = 2, f16 = 3, bf16 = 4, e4m3 = 5, e5m2 = 6, i8 = 7, u8 = 8, i32 = 9 };

/// How f32 may be computed. The numbers are those of the plugin ABI (chipfit_math) and never change.
enum class Math : std::uint8_t { strict = 1, relaxed = 2, tf32 = 3, f16 = 4, bf16 = 5 };

/// One row of the table of element types: everything else that depends on a dtype is derived from here.
struct DtypeInfo {
  Dtype id;
  std::string_view name;
  int bytes;
  bool is_integer, is_unsigned;
  int significand_bits;   ///< including the implicit one; integers: value bits
  double unit_roundoff;   ///< 2^-significand_bits for floating types, 0 for integers
  double largest_finite;  ///< largest finite value
  /// Bits that devices in use keep where they add up products of this type (integers: of the sum's magnitude): 14 for
  /// fp8 on Hopper, whatever the declared accumulator (docs/oracle.md).
  int accumulation_bits;
  Dtype computed_as;        ///< what a processor without instructions for this type converts it to
  std::uint64_t quiet_nan;  ///< bits that make a code a quiet NaN, whatever the others are; 0 where there is none
};

std::span<const DtypeInfo> all_dtypes();
const DtypeInfo& info(Dtype);
Result<Dtype> parse_dtype(std::string_view);

std::string_view name(Math);
Result<Math> parse_math(std::string_view);

/// Types of the operands a and b, of the accumulator and of the result. For convolution a is the first and b the
/// second input of the direction (see operands() in problem.hpp).
struct DtypeCombo {
  Dtype a, b, acc, out;
  friend bool operator==(const DtypeCombo&, const DtypeCombo&) = default;
};

/// f32 → f32/f32, f64 → f64/f64, f16 → f32/f16, bf16 → f32/bf16, fp8 → f32/bf16, i8 → i32/i32, and for u8 the one
/// product that processors have of it: u8·i8 → i32/i32. Error (usage) for a type that is no input type (i32).
Result<DtypeCombo> default_combo(Dtype input);

/// The combinations that are defined: the defaults above, and the 16-bit and 8-bit floating types with f32 result,
/// the two 8-bit ones also multiplied by each other.
std::span<const DtypeCombo> all_combos();

/// Bits that devices in use keep of a sum of products of these types: those of the table, and of the accumulator.
int accumulation_bits(const DtypeCombo&);

/// "f32" where accumulator and output are the defaults of the input type, else "a[+b]-acc-out": "bf16-f32-f32".
std::string to_string(const DtypeCombo&);
/// Inverse of to_string; also takes the long form of a default. Errors (usage) name the part that is wrong and
/// suggest the nearest known name; a combination outside all_combos() is an error.
Result<DtypeCombo> parse_combo(std::string_view);

}  // namespace chipfit
