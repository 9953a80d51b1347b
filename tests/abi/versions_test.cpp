// Old plugin and new host, new plugin and old host. Compiled twice: with the present header, and with a made-up next
// minor version of it (a longer table, host and device_info), each time with the worker's own loading code.
#include <gtest/gtest.h>

#include <cstring>

#include "harness/worker/plugin.hpp"

namespace chipfit::worker {
namespace {

Result<Plugin> load(const char* file) {
  static wire::Progress progress;
  return Plugin::load(std::string(CHIPFIT_ABI_PLUGINS) + "/" + file, "threads=1", "/tmp", progress);
}

/// What a plugin makes of this host's device_info: the caller's size, and nothing behind what the plugin knows.
void expect_device_info(const Plugin& plugin, std::size_t known_bytes) {
  struct {
    chipfit_device_info info;
    unsigned char behind[64];
  } given;
  std::memset(&given, 0x5a, sizeof given);
  given.info.struct_size = sizeof(chipfit_device_info);
  ASSERT_EQ(plugin.table().device_info(0, &given.info), CHIPFIT_OK);
  EXPECT_EQ(given.info.struct_size, sizeof(chipfit_device_info));
  EXPECT_EQ(given.info.kind, static_cast<unsigned>(CHIPFIT_CPU));
  const auto* bytes = reinterpret_cast<const unsigned char*>(&given);
  for (std::size_t at = known_bytes; at < sizeof given; ++at) ASSERT_EQ(bytes[at], 0x5a) << "byte " << at;
}

#if CHIPFIT_ABI_MINOR == 0
TEST(OldHost, LoadsAPluginOfTheNextMinorAndUsesWhatItKnows) {
  const auto plugin = load("next_plugin.so");
  ASSERT_TRUE(plugin) << plugin.error().what;
  EXPECT_EQ(plugin->table().abi_minor, 1u);
  EXPECT_GT(plugin->table().struct_size, sizeof(chipfit_plugin));
  EXPECT_EQ(plugin->table().sync(nullptr), CHIPFIT_OK);
  expect_device_info(*plugin, sizeof(chipfit_device_info));
}
#else
TEST(NewHost, LoadsAPluginOfTheOldMinorAndLeavesOutWhatItLacks) {
  const auto plugin = load("old_plugin.so");
  ASSERT_TRUE(plugin) << plugin.error().what;
  EXPECT_EQ(plugin->table().abi_minor, 0u);
  EXPECT_LT(plugin->table().struct_size, sizeof(chipfit_plugin));
  EXPECT_EQ(plugin->table().later, nullptr);
  EXPECT_EQ(plugin->table().sync(nullptr), CHIPFIT_OK);
  expect_device_info(*plugin, sizeof(chipfit_device_info) - sizeof(double));
}

TEST(NewHost, LoadsAPluginOfItsOwnMinor) {
  const auto plugin = load("next_plugin.so");
  ASSERT_TRUE(plugin) << plugin.error().what;
  ASSERT_NE(plugin->table().later, nullptr);
  EXPECT_EQ(plugin->table().later(), 42);
}
#endif

TEST(AnyHost, LoadsAPluginOfItsOwnOrAnOlderMinor) {
  EXPECT_TRUE(load("old_plugin.so"));
}

}  // namespace
}  // namespace chipfit::worker
