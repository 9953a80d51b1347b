#include <fmt/format.h>
#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "harness/telemetry/machine.hpp"
#include "harness/telemetry/proc_text.hpp"
#include "harness/telemetry/read_text.hpp"

#if defined(__x86_64__)
#include <cpuid.h>

#include <cstring>
#endif

namespace chipfit::telemetry {
namespace {

std::string without_line_end(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\0')) text.pop_back();
  return text;
}

int allowed_cores() {
  // The mask of a large machine does not fit the fixed cpu_set_t; the kernel says EINVAL until it is large enough.
  for (int cpus = 1024; cpus <= 1 << 20; cpus *= 4) {
    cpu_set_t* mask = CPU_ALLOC(static_cast<std::size_t>(cpus));
    if (mask == nullptr) break;
    const std::size_t bytes = CPU_ALLOC_SIZE(static_cast<std::size_t>(cpus));
    CPU_ZERO_S(bytes, mask);
    const int allowed = ::sched_getaffinity(0, bytes, mask) == 0 ? CPU_COUNT_S(bytes, mask) : 0;
    CPU_FREE(mask);
    if (allowed > 0) return allowed;
  }
  return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

/// Who emulates this machine, by what the processor itself says; empty on bare metal.
std::string hypervisor_of_processor() {
#if defined(__x86_64__)
  unsigned a = 0, b = 0, c = 0, d = 0;
  constexpr unsigned hypervisor_present = 1u << 31;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & hypervisor_present) == 0) return {};
  __cpuid(0x40000000, a, b, c, d);
  char signature[13] = {};
  std::memcpy(signature, &b, 4);
  std::memcpy(signature + 4, &c, 4);
  std::memcpy(signature + 8, &d, 4);
  const std::string_view text(signature);
  if (text == "KVMKVMKVM") return "KVM";
  if (text == "Microsoft Hv") return "Hyper-V";
  if (text == "VMwareVMware") return "VMware";
  if (text == "XenVMMXenVMM") return "Xen";
  if (text == "TCGTCGTCGTCG") return "QEMU";
  return text.empty() ? "unknown" : std::string(text);
#else
  return {};
#endif
}

struct Caches {
  std::uint64_t l1d = 0, l2 = 0, last = 0;
};

Caches read_caches(const std::filesystem::path& folder) {
  Caches caches;
  std::uint64_t last_level = 0;
  for (int index = 0; index < 16; ++index) {
    const auto cache = folder / fmt::format("index{}", index);
    const auto level = parse_number(read_text(cache / "level"));
    const auto size = parse_size(read_text(cache / "size"));
    const std::string type = without_line_end(read_text(cache / "type"));
    if (!level || !size || type == "Instruction") continue;
    if (*level == 1) caches.l1d = *size;
    if (*level == 2) caches.l2 = *size;
    if (*level >= last_level) {
      last_level = *level;
      caches.last = *size;
    }
  }
  return caches;
}

Caches ask_libc_for_caches() {
  const auto ask = [](int name) { return static_cast<std::uint64_t>(std::max(0l, ::sysconf(name))); };
  Caches caches{ask(_SC_LEVEL1_DCACHE_SIZE), ask(_SC_LEVEL2_CACHE_SIZE), ask(_SC_LEVEL3_CACHE_SIZE)};
  if (caches.last == 0) caches.last = std::max(caches.l1d, caches.l2);
  return caches;
}

double khz_in(const std::filesystem::path& path) {
  return static_cast<double>(parse_number(read_text(path)).value_or(0)) * 1e3;
}

/// Guaranteed clock where the machine tells it; else the best guess that stands somewhere.
double nominal_clock(const CpuInfo& cpu, const std::filesystem::path& cpufreq) {
  for (const double hz : {khz_in(cpufreq / "base_frequency"), clock_in_model_name(cpu.model), cpu.clock_hz}) {
    if (hz > 0) return hz;
  }
  return khz_in(cpufreq / "cpuinfo_max_freq");
}

}  // namespace

Machine describe_machine(const std::filesystem::path& root) {
  Machine machine;
  utsname names{};
  if (::uname(&names) == 0) {
    machine.host = names.nodename;
    machine.architecture = names.machine;
    machine.kernel = fmt::format("{} {}", names.sysname, names.release);
  }
  machine.cores = allowed_cores();

  const CpuInfo cpu = parse_cpuinfo(read_text(root / "proc/cpuinfo"));
  const auto cpu0 = root / "sys/devices/system/cpu/cpu0";
  machine.cpu_model = cpu.model;
  if (machine.cpu_model.empty()) machine.cpu_model = without_line_end(read_text(root / "proc/device-tree/model"));
  machine.isa = matrix_isa(cpu.flags);
  machine.nominal_clock_hz = nominal_clock(cpu, cpu0 / "cpufreq");
  machine.governor = without_line_end(read_text(cpu0 / "cpufreq/scaling_governor"));

  const Caches caches = read_caches(cpu0 / "cache");
  machine.l1d_bytes = caches.l1d;
  machine.l2_bytes = caches.l2;
  machine.last_level_cache_bytes = caches.last;

  machine.os = parse_os_release(read_text(root / "etc/os-release"), "PRETTY_NAME");
  machine.hypervisor = without_line_end(read_text(root / "sys/hypervisor/type"));
  machine.memory_bytes = parse_meminfo(read_text(root / "proc/meminfo"), "MemTotal").value_or(0);
  machine.memory_available_bytes = available_memory_bytes(root);
  return machine;
}

Machine describe_machine() {
  Machine machine = describe_machine("/");
  if (machine.hypervisor.empty()) machine.hypervisor = hypervisor_of_processor();
  if (machine.last_level_cache_bytes == 0) {
    const Caches caches = ask_libc_for_caches();
    machine.l1d_bytes = caches.l1d;
    machine.l2_bytes = caches.l2;
    machine.last_level_cache_bytes = caches.last;
  }
  return machine;
}

nlohmann::json to_json(const Machine& m) {
  return {{"host", m.host},
          {"cpu_model", m.cpu_model},
          {"architecture", m.architecture},
          {"kernel", m.kernel},
          {"os", m.os},
          {"hypervisor", m.hypervisor},
          {"governor", m.governor},
          {"cores", m.cores},
          {"memory_bytes", m.memory_bytes},
          {"memory_available_bytes", m.memory_available_bytes},
          {"l1d_bytes", m.l1d_bytes},
          {"l2_bytes", m.l2_bytes},
          {"last_level_cache_bytes", m.last_level_cache_bytes},
          {"nominal_clock_hz", m.nominal_clock_hz},
          {"isa", m.isa}};
}

}  // namespace chipfit::telemetry
