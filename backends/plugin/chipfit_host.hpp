// SPDX-License-Identifier: Apache-2.0
//
// For plugins that compute on the machine's own CPU: aligned memory, the number of threads, and what the CPU is.
// C++17, Linux.
#pragma once
#include <chipfit/chipfit_plugin.hpp>

#include <sched.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <vector>

namespace chipfit::plugin {

constexpr std::uint64_t host_view_alignment = 64;

/// Host memory aligned to 64 bytes; from 4 MiB up to 2 MiB, in huge pages where the kernel gives them. Not initialised.
class HostBuffer {
 public:
  explicit HostBuffer(std::uint64_t bytes) : bytes_(bytes) {
    const bool large = bytes >= 4 * huge_page;
    const std::uint64_t alignment = large ? huge_page : host_view_alignment;
    if (bytes > UINT64_MAX - alignment) throw std::bad_alloc();
    const std::uint64_t rounded = std::max(alignment, (bytes + alignment - 1) / alignment * alignment);
    data_.reset(static_cast<std::byte*>(std::aligned_alloc(alignment, rounded)));
    if (!data_) throw std::bad_alloc();
    if (large) madvise(data_.get(), rounded, MADV_HUGEPAGE);
  }

  std::uint64_t bytes() const { return bytes_; }
  std::byte* data() { return data_.get(); }
  const std::byte* data() const { return data_.get(); }

 private:
  static constexpr std::uint64_t huge_page = 2 << 20;
  struct Free {
    void operator()(std::byte* memory) const { std::free(memory); }
  };
  std::uint64_t bytes_;
  std::unique_ptr<std::byte, Free> data_;
};

/// CPUs that this process may run on; at least 1.
inline unsigned available_cpus() {
  for (int cpus = 1024; cpus <= 1 << 20; cpus *= 4) {
    cpu_set_t* set = CPU_ALLOC(cpus);
    if (!set) break;
    const std::size_t size = CPU_ALLOC_SIZE(cpus);
    const int count = sched_getaffinity(0, size, set) == 0 ? CPU_COUNT_S(size, set) : 0;
    CPU_FREE(set);
    if (count > 0) return static_cast<unsigned>(count);
  }
  return 1;
}

/// The option `threads`, else one for each available CPU. Failure (internal) where it is no whole number of at least 1.
inline unsigned compute_threads() {
  const double threads = number_option("threads", available_cpus());
  if (!(threads >= 1 && threads <= 65536) || threads != static_cast<unsigned>(threads))
    throw Failure(CHIPFIT_INTERNAL, "option threads must be a whole number from 1 to 65536");
  return static_cast<unsigned>(threads);
}

namespace detail {

/// The value behind "key : " in /proc/cpuinfo's first entry, or nothing.
inline std::string cpuinfo(std::string_view key) {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos || line.compare(0, key.size(), key) != 0) continue;
    if (line.find_last_not_of(" \t", colon - 1) + 1 != key.size()) continue;
    const std::size_t value = line.find_first_not_of(" \t", colon + 1);
    return value == std::string::npos ? "" : line.substr(value);
  }
  return "";
}

/// The clock that the machine itself calls nominal, or 0: the base frequency from the kernel, "@ 2.60GHz" in the
/// model name, or the rate of an invariant time stamp counter.
inline double nominal_clock_hz() {
  double khz = 0;
  if (std::ifstream("/sys/devices/system/cpu/cpu0/cpufreq/base_frequency") >> khz) return khz * 1e3;
  const std::string model = cpuinfo("model name");
  if (const std::size_t at = model.find("@ "); at != std::string::npos)
    if (const double ghz = std::strtod(model.c_str() + at + 2, nullptr); ghz > 0) return ghz * 1e9;
  if (cpuinfo("flags").find(" constant_tsc") != std::string::npos)
    return std::strtod(cpuinfo("bogomips").c_str(), nullptr) / 2 * 1e6;
  return 0;
}

}  // namespace detail

/// Fills in what the operating system tells about this CPU. `runtime` is the library that computes, with its version.
/// No peak is claimed: the harness measures one.
inline void describe_host_cpu(chipfit_device_info& info, std::string_view runtime) {
  info.kind = CHIPFIT_CPU;
  info.view_alignment = host_view_alignment;
  info.memory_bytes = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGESIZE);
  info.compute_units = available_cpus();
  info.threads = compute_threads();
  info.nominal_clock_hz = detail::nominal_clock_hz();
  utsname system{};
  uname(&system);
  set_text(info.arch, system.machine);
  std::string vendor = detail::cpuinfo("vendor_id");
  if (vendor == "AuthenticAMD") vendor = "AMD";
  if (vendor == "GenuineIntel") vendor = "Intel";
  if (detail::cpuinfo("CPU implementer") == "0x41") vendor = "Arm";
  set_text(info.vendor, vendor);
  const std::string model = detail::cpuinfo("model name");
  set_text(info.name, model.empty() ? std::string(system.machine) + " CPU" : model);
  set_text(info.driver, std::string(system.sysname) + " " + system.release);
  set_text(info.runtime, runtime);
}

}  // namespace chipfit::plugin
