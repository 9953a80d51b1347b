#pragma once
#include <cstring>
#include <random>
#include <vector>

#include "kernels/problem/convert.hpp"

namespace chipfit::cpu {

/// Whole numbers that are exact in the type, and whose products and sums of up to some thousands are exact in its
/// accumulator, in any order: results are compared for equality. Integer types get their whole range.
inline std::vector<double> whole_numbers(Dtype type, std::int64_t count, std::mt19937& random) {
  int low = -16, high = 16;
  if (type == Dtype::i8) low = -128, high = 127;
  if (type == Dtype::u8) low = 0, high = 255;
  if (info(type).significand_bits < 8 && !info(type).is_integer) low = -4, high = 4;
  if (type == Dtype::i32) low = -100000, high = 100000;
  std::uniform_int_distribution<int> number(low, high);
  std::vector<double> values(static_cast<std::size_t>(count));
  for (double& value : values) value = number(random);
  return values;
}

/// Memory whose every element is a NaN (integers: a large number), so that what is read beside the operand shows.
inline std::vector<char> poisoned(Dtype type, std::int64_t count) {
  return std::vector<char>(static_cast<std::size_t>(count * info(type).bytes), info(type).is_integer ? '\x5b' : '\xff');
}

}  // namespace chipfit::cpu
