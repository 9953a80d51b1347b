#include "kernels/base/numbers.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace chipfit {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(Numbers, WhatIsNoNumberIsNeverShownAsOne) {
  for (const double value : {nan, infinity, -infinity}) {
    EXPECT_EQ(time_text(value), "?");
    EXPECT_EQ(rate_text(value), "?");
    EXPECT_EQ(percent_text(value), "?");
    EXPECT_EQ(wait_text(value), "?");
  }
  EXPECT_EQ(wait_text(-1), "?");
}

TEST(Numbers, TimesHaveFourDigitsAndNeverAPrefixAboveOne) {
  EXPECT_EQ(time_text(1.2344e-3), "1.234 ms");
  EXPECT_EQ(time_text(56.781e-6), "56.78 µs");
  EXPECT_EQ(time_text(0.5), "500.0 ms");
  EXPECT_EQ(time_text(1), "1.000 s");
  EXPECT_EQ(time_text(1234.4), "1234 s");
  EXPECT_EQ(time_text(123456), "123456 s");
  EXPECT_EQ(time_text(3e-9), "3.000 ns");
  EXPECT_EQ(time_text(0), "0.000 s");
}

TEST(Numbers, RoundingUpMovesToTheNextPrefix) {
  EXPECT_EQ(time_text(0.99999e-3), "1.000 ms");
  EXPECT_EQ(time_text(999.94e-6), "999.9 µs");
  EXPECT_EQ(rate_text(999.6e9), "1.00 TFLOP/s");
  EXPECT_EQ(rate_text(999.4e9), "999 GFLOP/s");
  EXPECT_EQ(time_text(9.99996e-3), "10.00 ms");
  EXPECT_EQ(rate_text(99.96e9), "100 GFLOP/s");
}

TEST(Numbers, RatesAndWorkHaveThreeDigits) {
  EXPECT_EQ(rate_text(98.7e9), "98.7 GFLOP/s");
  EXPECT_EQ(rate_text(1.976e15), "1.98 PFLOP/s");
  EXPECT_EQ(rate_text(3e19), "30.0 EFLOP/s");
  EXPECT_EQ(rate_text(12), "12.0 FLOP/s");
  EXPECT_EQ(rate_text(-98.7e9), "-98.7 GFLOP/s");
  EXPECT_EQ(work_text(268435456), "268 MFLOP");
  EXPECT_EQ(work_text(0), "0.00 FLOP");
  EXPECT_EQ(si_text(98.7e9, "", 3), "98.7 G");
  EXPECT_EQ(si_text(5, "", 3), "5.00");
}

TEST(Numbers, BytesAreBinary) {
  EXPECT_EQ(bytes_text(0), "0 B");
  EXPECT_EQ(bytes_text(1023), "1023 B");
  EXPECT_EQ(bytes_text(1024), "1.00 KiB");
  EXPECT_EQ(bytes_text(3u << 20), "3.00 MiB");
  EXPECT_EQ(bytes_text((1ull << 30) - 1), "1.00 GiB");
  EXPECT_EQ(bytes_text(std::numeric_limits<std::uint64_t>::max()), "16.0 EiB");
}

TEST(Numbers, SharesKeepTwoDigitsWhenSmall) {
  EXPECT_EQ(percent_text(0), "0 %");
  EXPECT_EQ(percent_text(0.0042), "0.42 %");
  EXPECT_EQ(percent_text(0.042), "4.2 %");
  EXPECT_EQ(percent_text(0.0996), "10 %");
  EXPECT_EQ(percent_text(0.811), "81 %");
  EXPECT_EQ(percent_text(1.04), "104 %");
}

TEST(Numbers, WaitsAreForPeople) {
  EXPECT_EQ(wait_text(0.4), "0 s");
  EXPECT_EQ(wait_text(59.6), "1 m 00 s");
  EXPECT_EQ(wait_text(65), "1 m 05 s");
  EXPECT_EQ(wait_text(7380), "2 h 03 m");
  EXPECT_EQ(wait_text(1e300).find('?'), std::string::npos);
}

TEST(Numbers, CountsAreGroupedAndNounsFollow) {
  EXPECT_EQ(count_text(0), "0");
  EXPECT_EQ(count_text(999), "999");
  EXPECT_EQ(count_text(1000), "1,000");
  EXPECT_EQ(count_text(18446744073709551615u), "18,446,744,073,709,551,615");
  EXPECT_EQ(counted(1, "row"), "1 row");
  EXPECT_EQ(counted(0, "row"), "0 rows");
}

}  // namespace
}  // namespace chipfit
