#include "harness/judge/shared_peaks.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

namespace chipfit::judge {
namespace {

class Shared : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "chipfit-peaks-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::filesystem::path file() const { return folder_ / "peaks/lab1.json"; }

  std::filesystem::path folder_;
  const Moment measured_{"boot-a", "0-1", 1000};
  const results::ManifestPeak peak_{"host", "f32", "empirical", "avx2 fma f32", 1.5e11, "FLOP/s", 2, "run-1"};
};

TEST_F(Shared, IsTheSameAsWasMeasuredWithTheRunThatMeasuredIt) {
  const SharedPeaks peaks(file());
  EXPECT_FALSE(peaks.find("f32", 2, measured_));
  peaks.keep(peak_, measured_);
  EXPECT_EQ(peaks.find("f32", 2, {"boot-a", "0-1", 1900}), peak_);
}

TEST_F(Shared, HoldsForItsTypeThreadsProcessorsStartAndAQuarterOfAnHour) {
  const SharedPeaks peaks(file());
  peaks.keep(peak_, measured_);
  EXPECT_FALSE(peaks.find("f64", 2, measured_));
  EXPECT_FALSE(peaks.find("f32", 1, measured_));
  EXPECT_FALSE(peaks.find("f32", 2, {"boot-b", "0-1", 1000}));
  EXPECT_FALSE(peaks.find("f32", 2, {"boot-a", "0", 1000}));
  EXPECT_FALSE(peaks.find("f32", 2, {"boot-a", "0-1", 1901}));
  EXPECT_FALSE(peaks.find("f32", 2, {"boot-a", "0-1", 999}));
  EXPECT_FALSE(peaks.find("f32", 2, {"", "", 1000}));
}

TEST_F(Shared, ALaterMeasurementReplacesTheEarlierOneOnly) {
  const SharedPeaks peaks(file());
  auto other = peak_, later = peak_;
  other.what = "read_bandwidth";
  later.value = 1.6e11;
  peaks.keep(other, measured_);
  peaks.keep(peak_, measured_);
  peaks.keep(later, {"boot-a", "0-1", 2500});
  EXPECT_EQ(peaks.find("f32", 2, {"boot-a", "0-1", 2501})->value, 1.6e11);
  EXPECT_EQ(peaks.find("read_bandwidth", 2, {"boot-a", "0-1", 1001}), other);
}

TEST_F(Shared, NonsenseIsMeasuredAgain) {
  const SharedPeaks peaks(file());
  for (const char* text : {"", "{}", "[1]", "[{\"what\": 3}]", "[{\"what\": \"f32\", \"threads\": 2}]",
                           R"([{"what":"f32","threads":2,"boot_id":"boot-a","processors":"0-1","since_boot_s":1000,
                               "method":"m","value":-1,"unit":"FLOP/s","run_id":"r"}])"}) {
    std::filesystem::create_directories(file().parent_path());
    std::ofstream(file()) << text;
    EXPECT_FALSE(peaks.find("f32", 2, measured_)) << text;
    peaks.keep(peak_, measured_);
    EXPECT_EQ(peaks.find("f32", 2, measured_), peak_) << text;
  }
  const SharedPeaks none({});
  none.keep(peak_, measured_);
  EXPECT_FALSE(none.find("f32", 2, measured_));
}

TEST(MomentNow, SaysWhereAndWhenOnThisKernel) {
  const auto now = moment_now();
  EXPECT_EQ(now.boot_id.size(), 36u);
  EXPECT_FALSE(now.processors.empty());
  EXPECT_GT(now.since_boot_s, 0);
}

}  // namespace
}  // namespace chipfit::judge
