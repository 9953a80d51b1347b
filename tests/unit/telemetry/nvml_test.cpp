// Loading and parsing only: the library that answers here is fake_nvml.c, no GPU.
#include "harness/telemetry/nvml.hpp"

#include <gmock/gmock.h>
#include <stdlib.h>

#include "harness/telemetry/sources.hpp"

namespace chipfit::telemetry {
namespace {

using ::testing::HasSubstr;

TEST(Nvml, AMissingLibraryIsUnavailableWithAHint) {
  const auto nvml = Nvml::open("libchipfit-no-such-library.so.1");
  ASSERT_FALSE(nvml);
  EXPECT_EQ(nvml.error().kind, Error::Kind::unavailable);
  EXPECT_THAT(nvml.error().what, HasSubstr("libchipfit-no-such-library.so.1"));
  EXPECT_THAT(nvml.error().hint, HasSubstr("NVIDIA driver"));
}

TEST(Nvml, ALibraryWithoutItsFunctionsIsNamedTooOld) {
  const auto nvml = Nvml::open("libm.so.6");
  ASSERT_FALSE(nvml);
  EXPECT_THAT(nvml.error().what, HasSubstr("libm.so.6 has no nvmlInit_v2"));
}

TEST(Nvml, ADriverThatDoesNotRunIsUnavailableInItsOwnWords) {
  setenv("FAKE_NVML_FAULT", "init", 1);
  const auto nvml = Nvml::open(CHIPFIT_FAKE_NVML);
  unsetenv("FAKE_NVML_FAULT");
  ASSERT_FALSE(nvml);
  EXPECT_THAT(nvml.error().what, HasSubstr("Driver Not Loaded"));
}

TEST(Nvml, IdentityAndStateAreInBaseUnits) {
  const auto nvml = Nvml::open(CHIPFIT_FAKE_NVML);
  ASSERT_TRUE(nvml) << nvml.error().what;
  EXPECT_EQ(*nvml->count(), 2u);
  const auto gpu = nvml->identity(0);
  ASSERT_TRUE(gpu);
  EXPECT_EQ(gpu->name, "Fake GPU A");
  EXPECT_EQ(gpu->driver, "580.65.06");
  EXPECT_EQ(gpu->pci_bus, "00000000:1B:00.0");
  EXPECT_EQ(gpu->ecc, true);
  EXPECT_DOUBLE_EQ(*gpu->power_limit_w, 700);
  EXPECT_DOUBLE_EQ(*gpu->max_clock_hz, 1.98e9);
  const auto state = nvml->read(0);
  ASSERT_TRUE(state);
  EXPECT_DOUBLE_EQ(*state->power_w, 345.678);
  EXPECT_DOUBLE_EQ(*state->temp_c, 61);
  EXPECT_DOUBLE_EQ(*state->clock_hz, 1.755e9);
  EXPECT_DOUBLE_EQ(*state->memory_clock_hz, 2.619e9);
  EXPECT_DOUBLE_EQ(*state->energy_j, 5000000.123);
  EXPECT_EQ(*state->ecc_uncorrected, 2u);
  EXPECT_EQ(throttle_text(*state->throttle_reasons), "sw_power_cap;hw_thermal");
}

TEST(Nvml, WhatADeviceDoesNotTellIsEmptyAndTheRestIsThere) {
  const auto nvml = Nvml::open(CHIPFIT_FAKE_NVML);
  const auto state = nvml->read(1);
  ASSERT_TRUE(state);
  EXPECT_FALSE(state->power_w);
  EXPECT_FALSE(state->energy_j);
  EXPECT_TRUE(state->temp_c);
  EXPECT_FALSE(nvml->identity(1)->ecc);
}

TEST(Nvml, DevicesAreFoundByTheirUuidWhateverTheirOrder) {
  auto nvml = std::make_shared<Nvml>(*Nvml::open(CHIPFIT_FAKE_NVML));
  EXPECT_EQ(*nvml->find("GPU-b"), 1u);
  EXPECT_FALSE(nvml->find("GPU-c"));
  EXPECT_FALSE(nvml->read(7));
  const auto source = gpu_source(nvml, "GPU-a");
  ASSERT_TRUE(source);
  EXPECT_DOUBLE_EQ(*source->read()->power_w, 345.678);
  EXPECT_FALSE(gpu_source(nvml, "GPU-c"));
}

TEST(ThrottleReasons, AreNamedAndUnknownBitsAreKept) {
  EXPECT_EQ(throttle_text(0), "none");
  EXPECT_EQ(throttle_text(0x1), "idle");
  EXPECT_EQ(throttle_text(0x8 | 0x4000), "hw_slowdown;0x4000");
  EXPECT_FALSE(is_throttled(0x1 | 0x2 | 0x100));
  EXPECT_TRUE(is_throttled(0x1 | 0x20));
}

}  // namespace
}  // namespace chipfit::telemetry
