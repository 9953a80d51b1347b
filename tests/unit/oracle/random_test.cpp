#include "kernels/oracle/random.hpp"

#include <gtest/gtest.h>

#include <set>

namespace chipfit::oracle {
namespace {

// vectors_sip64[8] of the authors' reference implementation; the same from
//   printf '\0\1\2\3\4\5\6\7' | openssl mac -macopt hexkey:000102030405060708090a0b0c0d0e0f -macopt size:8 -in -
//   SIPHASH
TEST(Random, KeyedIsSipHash24OfOneWord) {
  const Seed key{.hi = 0x0F0E0D0C0B0A0908u, .lo = 0x0706050403020100u};
  EXPECT_EQ(keyed(key, 0x0706050403020100u), 0x93F5F5799A932462u);
}

TEST(Random, MixingIsOneToOneAndMovesHalfOfTheBits) {
  std::set<std::uint32_t> seen;
  double flipped = 0;
  constexpr std::uint32_t n = 4096;
  for (std::uint32_t i = 0; i < n; ++i) {
    seen.insert(mix32(i));
    flipped += __builtin_popcount(mix32(i) ^ mix32(i ^ 1));
  }
  EXPECT_EQ(seen.size(), n);
  EXPECT_NEAR(flipped / n, 16, 0.2);
}

TEST(Random, DerivedSeedsAreOthersAndRepeat) {
  const Seed key{1, 2};
  EXPECT_EQ(key.derive(3).hi, key.derive(3).hi);
  EXPECT_NE(key.derive(3).hi, key.derive(3).lo);
  EXPECT_NE(key.derive(3).lo, key.derive(4).lo);
  EXPECT_NE(secret_seed().lo, secret_seed().lo);
}

}  // namespace
}  // namespace chipfit::oracle
