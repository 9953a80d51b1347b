#include "harness/judge/device_watch.hpp"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <atomic>
#include <thread>

namespace chipfit::judge {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class DeviceWatchTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "chipfit-watch-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder = pattern;
  }
  void TearDown() override { fs::remove_all(folder); }

  /// A source of `count` readings: 60 °C, 61 °C …, and 25 J more each time.
  telemetry::Source source(int count) {
    return {"test", "indicative", [this, count]() -> std::optional<telemetry::Sample> {
              if (reads == count) return std::nullopt;
              telemetry::Sample sample;
              sample.temp_c = 60 + reads;
              sample.energy_j = 25.0 * reads;
              sample.throttle_reasons = reads == 0 ? 0 : 0x4;
              ++reads;
              return sample;
            }};
  }
  void wait_for(int count) {
    for (int i = 0; i < 5000 && reads < count; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ASSERT_EQ(reads, count);
  }
  std::string written() const { return results::read_whole(folder / "telemetry.csv").value_or(""); }

  fs::path folder;
  std::atomic<int> reads = 0;
};

TEST_F(DeviceWatchTest, KeepsReadingsUnderTheHeaderAndTheHighestTemperatureInTheRow) {
  TelemetryFile file(folder);
  DeviceWatch watch(source(3), "run", "GPU-a", file, DeviceWatch::Clock::now());
  wait_for(3);
  results::Row row;
  ASSERT_TRUE(watch.record(row, {}));
  EXPECT_EQ(row.real(results::Column::temp_max_c), 62);
  const std::string text = written();
  EXPECT_THAT(text, StartsWith("run_id,device_uid,t_s,power_w,temp_c,clock_hz,throttle_reasons\nrun,GPU-a,0.0"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4);
  EXPECT_THAT(text, HasSubstr(",,60,,none\n"));  // no power before the second reading, no clock at all
  EXPECT_THAT(text, HasSubstr(",62,,sw_power_cap\n"));
  EXPECT_EQ(row.text(results::Column::power_mean_w), "") << "a case is too short for watts";
}

// Readings every 50 ms of a counter that grows by 25 J each time: 500 W.
TEST_F(DeviceWatchTest, SustainedWorkOfTenSecondsHasPowerAndEnergyOfOneProblem) {
  const auto began = DeviceWatch::Clock::now();
  // The clock of the readings is made up, so that twelve seconds of them are there at once.
  std::vector<telemetry::Sample> samples;
  for (int i = 0; i < 240; ++i) {
    telemetry::Sample sample;
    sample.t_s = 0.05 * i;
    sample.energy_j = 25.0 * i;
    sample.clock_hz = i % 2 ? 1.9e9 : 1.7e9;
    samples.push_back(sample);
  }
  const auto at = [&](double s) {
    return began + std::chrono::duration_cast<DeviceWatch::Clock::duration>(std::chrono::duration<double>(s));
  };
  results::Row row;
  set_sustained_columns(row, samples, began, {at(0.01), at(11.99), 0.002}, "nvml", "indicative");
  EXPECT_NEAR(*row.real(results::Column::power_mean_w), 500, 1e-6);
  EXPECT_NEAR(*row.real(results::Column::energy_j), 1, 1e-6);
  EXPECT_NEAR(*row.real(results::Column::clock_mean_hz), 1.8e9, 0.01e9);
  EXPECT_EQ(row.text(results::Column::energy_source), "nvml");

  results::Row too_short;
  set_sustained_columns(too_short, samples, began, {at(0), at(9.5), 0.002}, "nvml", "indicative");
  EXPECT_EQ(too_short.text(results::Column::power_mean_w), "");
  EXPECT_EQ(too_short.text(results::Column::energy_source), "");
  EXPECT_NE(too_short.text(results::Column::clock_mean_hz), "");
}

TEST_F(DeviceWatchTest, WritesEachReadingOnce) {
  TelemetryFile file(folder);
  DeviceWatch watch(source(2), "run", "cpu", file, DeviceWatch::Clock::now());
  wait_for(2);
  results::Row first, second;
  ASSERT_TRUE(watch.record(first, {}));
  const std::string before = written();
  ASSERT_TRUE(watch.record(second, {}));
  EXPECT_EQ(written(), before);
  EXPECT_EQ(second.text(results::Column::temp_max_c), "");
}

TEST_F(DeviceWatchTest, ADeviceThatTellsNothingLeavesNoFile) {
  TelemetryFile file(folder);
  DeviceWatch watch(source(0), "run", "cpu", file, DeviceWatch::Clock::now());
  results::Row row;
  ASSERT_TRUE(watch.record(row, {}));
  EXPECT_FALSE(fs::exists(folder / "telemetry.csv"));
}

TEST_F(DeviceWatchTest, AFolderThatIsGoneIsAnError) {
  TelemetryFile file(folder / "missing");
  DeviceWatch watch(source(1), "run", "cpu", file, DeviceWatch::Clock::now());
  wait_for(1);
  results::Row row;
  const auto kept = watch.record(row, {});
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().kind, Error::Kind::io);
}

TEST(TelemetrySource, IsRefusedWithAReasonForADeviceOfAnUnknownKind) {
  chipfit_device_info device{};
  device.kind = CHIPFIT_ACCELERATOR;
  const auto source = telemetry_source(device);
  ASSERT_FALSE(source);
  EXPECT_THAT(source.error().what, HasSubstr("no source of power"));
}

}  // namespace
}  // namespace chipfit::judge
