#include "harness/telemetry/proc_text.hpp"

#include <gtest/gtest.h>

namespace chipfit::telemetry {
namespace {

constexpr std::string_view kXeon = R"(processor	: 0
vendor_id	: GenuineIntel
model name	: Intel(R) Xeon(R) Gold 6148 CPU @ 2.40GHz
cpu MHz		: 1000.000
cache size	: 28160 KB
flags		: fpu vme sse2 fma avx2 f16c avx512f avx512_vnni
bugs		: spectre_v1

processor	: 1
model name	: another one
cpu MHz		: 3000.000
)";

constexpr std::string_view kGraviton = R"(processor	: 0
BogoMIPS	: 243.75
Features	: fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp ssbs
CPU implementer	: 0x41
CPU architecture: 8
CPU variant	: 0x3
CPU part	: 0xd0c
CPU revision	: 1
)";

TEST(CpuInfo, NothingIsUnknown) {
  const CpuInfo cpu = parse_cpuinfo("");
  EXPECT_EQ(cpu.model, "");
  EXPECT_TRUE(cpu.flags.empty());
  EXPECT_EQ(cpu.clock_hz, 0);
  EXPECT_EQ(parse_cpuinfo("no colon here\n\n:\n").model, "");
  EXPECT_EQ(parse_cpuinfo("cpu MHz : fast\n").clock_hz, 0);
}

TEST(CpuInfo, TakesTheFirstProcessor) {
  const CpuInfo cpu = parse_cpuinfo(kXeon);
  EXPECT_EQ(cpu.model, "Intel(R) Xeon(R) Gold 6148 CPU @ 2.40GHz");
  EXPECT_EQ(cpu.clock_hz, 1e9);
  EXPECT_EQ(cpu.flags.size(), 8u);
}

TEST(CpuInfo, ArmIsNamedByImplementerAndPart) {
  EXPECT_EQ(parse_cpuinfo(kGraviton).model, "ARM Neoverse-N1");
  EXPECT_EQ(parse_cpuinfo("CPU implementer : 0x41\nCPU part : 0xfff\n").model, "ARM 0xfff");
  EXPECT_EQ(parse_cpuinfo("CPU implementer : 0x99\nCPU part : 0x001\n").model, "0x99 0x001");
}

TEST(MatrixIsa, IsWidestFirstAndNothingElse) {
  EXPECT_EQ(matrix_isa({}), "");
  EXPECT_EQ(matrix_isa({"fpu", "vme"}), "");
  EXPECT_EQ(matrix_isa(parse_cpuinfo(kXeon).flags), "avx512_vnni,avx512f,avx2,fma,f16c,sse2");
  EXPECT_EQ(matrix_isa(parse_cpuinfo(kGraviton).flags), "asimddp,asimdhp,asimd");
}

TEST(ClockInModelName, ReadsWhatStandsBehindTheAt) {
  EXPECT_EQ(clock_in_model_name("AMD EPYC 9654 96-Core Processor"), 0);
  EXPECT_EQ(clock_in_model_name("odd @ name"), 0);
  EXPECT_EQ(clock_in_model_name("Intel(R) Xeon(R) Gold 6148 CPU @ 2.40GHz"), 2.4e9);
  EXPECT_EQ(clock_in_model_name("Old CPU @ 800MHz"), 8e8);
}

TEST(Meminfo, ReadsKibibytes) {
  constexpr std::string_view text = "MemTotal:       16316412 kB\nMemAvailable:   12 kB\nHugePages_Total:       7\n";
  EXPECT_EQ(parse_meminfo(text, "Mem"), std::nullopt);
  EXPECT_EQ(parse_meminfo("MemTotal: much\n", "MemTotal"), std::nullopt);
  EXPECT_EQ(parse_meminfo(text, "MemTotal"), 16316412ull * 1024);
  EXPECT_EQ(parse_meminfo(text, "MemAvailable"), 12ull * 1024);
  EXPECT_EQ(parse_meminfo(text, "HugePages_Total"), 7u);
}

TEST(OsRelease, IsUnquoted) {
  constexpr std::string_view text = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\nNAME='x y'\nODD=\"\n";
  EXPECT_EQ(parse_os_release(text, "PRETTY_NAME"), "Debian GNU/Linux 12 (bookworm)");
  EXPECT_EQ(parse_os_release(text, "ID"), "debian");
  EXPECT_EQ(parse_os_release(text, "NAME"), "x y");
  EXPECT_EQ(parse_os_release(text, "ODD"), "\"");
  EXPECT_EQ(parse_os_release(text, "VERSION"), "");
}

TEST(Size, HasTheSuffixesOfSys) {
  EXPECT_EQ(parse_size(""), std::nullopt);
  EXPECT_EQ(parse_size("K"), std::nullopt);
  EXPECT_EQ(parse_size("12Q"), std::nullopt);
  EXPECT_EQ(parse_size("18446744073709551615G"), std::nullopt);
  EXPECT_EQ(parse_size("99999999999999999999"), std::nullopt);
  EXPECT_EQ(parse_size("48K\n"), 49152u);
  EXPECT_EQ(parse_size("32M"), 33554432u);
  EXPECT_EQ(parse_size("1G"), 1073741824u);
  EXPECT_EQ(parse_size("512"), 512u);
}

TEST(Number, MaxIsNoNumber) {
  EXPECT_EQ(parse_number("max\n"), std::nullopt);
  EXPECT_EQ(parse_number("12 34"), std::nullopt);
  EXPECT_EQ(parse_number(""), std::nullopt);
  EXPECT_EQ(parse_number("1073741824\n"), 1073741824u);
}

TEST(Stat, ReadsItsLine) {
  EXPECT_EQ(parse_stat("anon 5\ninactive_file 4096\n", "inactive_file"), 4096u);
  EXPECT_EQ(parse_stat("anon 5\n", "file"), std::nullopt);
}

TEST(Cgroup, KnowsBothVersions) {
  EXPECT_EQ(parse_cgroup("").v2, std::nullopt);
  EXPECT_EQ(parse_cgroup("nonsense\n1:x\n").v2, std::nullopt);
  const CgroupPaths hybrid = parse_cgroup("12:cpu,cpuacct:/a\n5:memory:/user.slice/x:y\n0::/user.slice\n");
  EXPECT_EQ(hybrid.v1_memory, "/user.slice/x:y");
  EXPECT_EQ(hybrid.v2, "/user.slice");
  EXPECT_EQ(parse_cgroup("0::/\n").v1_memory, std::nullopt);
}

}  // namespace
}  // namespace chipfit::telemetry
