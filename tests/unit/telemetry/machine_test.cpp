#include "harness/telemetry/machine.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace chipfit::telemetry {
namespace {

constexpr std::uint64_t MiB = 1 << 20;

/// A root with files of our own under /proc and /sys.
class Root : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "chipfit-machine-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  void TearDown() override {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  void put(const std::string& path, const std::string& text) const {
    std::filesystem::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  void put_group(const std::string& folder, const std::string& limit, const std::string& used) const {
    put(folder + "/memory.max", limit + "\n");
    put(folder + "/memory.current", used + "\n");
  }
  std::filesystem::path root_;
};

TEST_F(Root, AnEmptyOneLeavesEverythingUnknown) {
  const Machine machine = describe_machine(root_);
  EXPECT_EQ(machine.cpu_model, "");
  EXPECT_EQ(machine.os, "");
  EXPECT_EQ(machine.memory_bytes, 0u);
  EXPECT_EQ(machine.memory_available_bytes, 0u);
  EXPECT_EQ(machine.last_level_cache_bytes, 0u);
  EXPECT_EQ(machine.nominal_clock_hz, 0);
  EXPECT_EQ(machine.isa, "");
}

TEST_F(Root, AnX86ServerIsDescribed) {
  put("proc/cpuinfo", "model name\t: AMD EPYC\nflags\t: avx2 fma avx512f avx512_bf16\ncpu MHz\t: 2596.119\n");
  put("proc/meminfo", "MemTotal: 1048576 kB\nMemAvailable: 524288 kB\n");
  put("etc/os-release", "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
  const std::string cpu0 = "sys/devices/system/cpu/cpu0/";
  const auto cache = [&](int index, const std::string& level, const std::string& type, const std::string& size) {
    const std::string folder = cpu0 + "cache/index" + std::to_string(index) + "/";
    put(folder + "level", level + "\n");
    put(folder + "type", type + "\n");
    put(folder + "size", size + "\n");
  };
  cache(0, "1", "Data", "48K");
  cache(1, "1", "Instruction", "32K");
  cache(2, "2", "Unified", "1024K");
  cache(3, "3", "Unified", "32M");
  put(cpu0 + "cpufreq/scaling_governor", "performance\n");
  Machine machine = describe_machine(root_);
  EXPECT_EQ(machine.cpu_model, "AMD EPYC");
  EXPECT_EQ(machine.isa, "avx512_bf16,avx512f,avx2,fma");
  EXPECT_EQ(machine.l1d_bytes, 48u * 1024);
  EXPECT_EQ(machine.l2_bytes, 1 * MiB);
  EXPECT_EQ(machine.last_level_cache_bytes, 32 * MiB);
  EXPECT_EQ(machine.memory_bytes, 1024 * MiB);
  EXPECT_EQ(machine.memory_available_bytes, 512 * MiB);
  EXPECT_EQ(machine.os, "Debian GNU/Linux 12 (bookworm)");
  EXPECT_EQ(machine.governor, "performance");
  EXPECT_DOUBLE_EQ(machine.nominal_clock_hz, 2596.119e6);
  put(cpu0 + "cpufreq/base_frequency", "2400000\n");
  EXPECT_EQ(describe_machine(root_).nominal_clock_hz, 2.4e9);
}

TEST_F(Root, AnArmServerWithoutThirdLevelIsDescribed) {
  put("proc/cpuinfo", "Features : asimd asimddp sve bf16 i8mm\nCPU implementer : 0x41\nCPU part : 0xd40\n");
  put("sys/devices/system/cpu/cpu0/cache/index0/level", "1");
  put("sys/devices/system/cpu/cpu0/cache/index0/type", "Data");
  put("sys/devices/system/cpu/cpu0/cache/index0/size", "64K");
  put("sys/devices/system/cpu/cpu0/cache/index2/level", "2");
  put("sys/devices/system/cpu/cpu0/cache/index2/type", "Unified");
  put("sys/devices/system/cpu/cpu0/cache/index2/size", "1024K");
  put("sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "2600000\n");
  const Machine machine = describe_machine(root_);
  EXPECT_EQ(machine.cpu_model, "ARM Neoverse-V1");
  EXPECT_EQ(machine.isa, "sve,i8mm,bf16,asimddp,asimd");
  EXPECT_EQ(machine.last_level_cache_bytes, MiB);
  EXPECT_EQ(machine.nominal_clock_hz, 2.6e9);
}

TEST_F(Root, WithoutModelTheDeviceTreeIsAsked) {
  put("proc/device-tree/model", std::string("Phytium D2000\0", 14));
  EXPECT_EQ(describe_machine(root_).cpu_model, "Phytium D2000");
}

TEST_F(Root, TheCgroupsLimitCountsWhereItIsLower) {
  put("proc/meminfo", "MemAvailable: 1048576 kB\n");
  put("proc/self/cgroup", "0::/slurm/job_7\n");
  EXPECT_EQ(available_memory_bytes(root_), 1024 * MiB);
  put_group("sys/fs/cgroup/slurm/job_7", "max", std::to_string(100 * MiB));
  EXPECT_EQ(available_memory_bytes(root_), 1024 * MiB);
  put_group("sys/fs/cgroup/slurm/job_7", std::to_string(300 * MiB), std::to_string(100 * MiB));
  EXPECT_EQ(available_memory_bytes(root_), 200 * MiB);
  put("sys/fs/cgroup/slurm/job_7/memory.stat", "anon 1\ninactive_file " + std::to_string(40 * MiB) + "\n");
  EXPECT_EQ(available_memory_bytes(root_), 240 * MiB);
  put_group("sys/fs/cgroup/slurm", std::to_string(250 * MiB), std::to_string(120 * MiB));
  EXPECT_EQ(available_memory_bytes(root_), 130 * MiB);
  put_group("sys/fs/cgroup", std::to_string(50 * MiB), std::to_string(60 * MiB));
  EXPECT_EQ(available_memory_bytes(root_), 0u);
}

TEST_F(Root, TheOldCgroupCountsToo) {
  put("proc/meminfo", "MemAvailable: 1048576 kB\n");
  put("proc/self/cgroup", "5:memory:/docker/abc\n3:cpu:/\n");
  // Inside a container the path of the host does not exist; the mount itself is the group.
  put("sys/fs/cgroup/memory/memory.limit_in_bytes", std::to_string(64 * MiB));
  put("sys/fs/cgroup/memory/memory.usage_in_bytes", std::to_string(4 * MiB));
  EXPECT_EQ(available_memory_bytes(root_), 60 * MiB);
  put("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712");
  EXPECT_EQ(available_memory_bytes(root_), 1024 * MiB);
}

TEST(ThisMachine, IsDescribed) {
  const Machine machine = describe_machine();
  EXPECT_FALSE(machine.host.empty());
  EXPECT_FALSE(machine.architecture.empty());
  EXPECT_FALSE(machine.kernel.empty());
  EXPECT_GE(machine.cores, 1);
  EXPECT_GT(machine.memory_bytes, 64 * MiB);
  EXPECT_GT(machine.memory_available_bytes, 0u);
  EXPECT_LE(machine.memory_available_bytes, machine.memory_bytes);
}

TEST(ThisMachine, CoresAreThoseOfTheAffinityMask) {
  cpu_set_t before;
  ASSERT_EQ(::sched_getaffinity(0, sizeof before, &before), 0);
  EXPECT_EQ(describe_machine().cores, CPU_COUNT(&before));
  int first = 0;
  while (!CPU_ISSET(first, &before)) ++first;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
  EXPECT_EQ(describe_machine().cores, 1);
  ::sched_setaffinity(0, sizeof before, &before);
}

TEST(MachineJson, HasEveryMember) {
  Machine machine;
  machine.cores = 3;
  machine.isa = "avx2";
  const auto json = to_json(machine);
  EXPECT_EQ(json.size(), 15u);
  EXPECT_EQ(json["cores"], 3);
  EXPECT_EQ(json["isa"], "avx2");
}

}  // namespace
}  // namespace chipfit::telemetry
