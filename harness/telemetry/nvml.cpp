#include "harness/telemetry/nvml.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <array>
#include <string_view>

namespace chipfit::telemetry {
namespace {

// The parts of NVML's interface (version 11 and newer) that are used; names and numbers are its ABI.
using Return = int;
constexpr Return kSuccess = 0;
using Device = void*;
constexpr int kGpuTemperature = 0;
constexpr int kSmClock = 1, kMemoryClock = 2;
constexpr int kUncorrected = 1, kVolatile = 0;
struct PciInfo {
  char bus_legacy[16];
  unsigned domain, bus, device, device_id, subsystem_id;
  char bus_id[32];
};

struct Reason {
  std::uint64_t bit;
  std::string_view name;
  bool throttles;
};
constexpr std::array kReasons = {
    Reason{0x001, "idle", false},           Reason{0x002, "application_clocks", false},
    Reason{0x004, "sw_power_cap", true},    Reason{0x008, "hw_slowdown", true},
    Reason{0x010, "sync_boost", false},     Reason{0x020, "sw_thermal", true},
    Reason{0x040, "hw_thermal", true},      Reason{0x080, "hw_power_brake", true},
    Reason{0x100, "display_clocks", false},
};

tl::unexpected<Error> unavailable(std::string what, std::string hint = {}) {
  return fail(Error::Kind::unavailable, std::move(what), {}, std::move(hint));
}

}  // namespace

std::string throttle_text(std::uint64_t reasons) {
  std::string text;
  const auto add = [&](std::string_view word) { text += fmt::format("{}{}", text.empty() ? "" : ";", word); };
  for (const Reason& reason : kReasons) {
    if ((reasons & reason.bit) != 0) add(reason.name);
    reasons &= ~reason.bit;
  }
  if (reasons != 0) add(fmt::format("{:#x}", reasons));
  return text.empty() ? "none" : text;
}

bool is_throttled(std::uint64_t reasons) {
  for (const Reason& reason : kReasons)
    if (reason.throttles && (reasons & reason.bit) != 0) return true;
  return false;
}

struct Nvml::Functions {
  Return (*init)();
  Return (*shutdown)();
  const char* (*error_string)(Return);
  Return (*driver_version)(char*, unsigned);
  Return (*device_count)(unsigned*);
  Return (*device_by_index)(unsigned, Device*);
  Return (*name)(Device, char*, unsigned);
  Return (*uuid)(Device, char*, unsigned);
  Return (*pci)(Device, PciInfo*);
  Return (*power)(Device, unsigned*);
  Return (*power_limit)(Device, unsigned*);
  Return (*temperature)(Device, int, unsigned*);
  Return (*clock)(Device, int, unsigned*);
  Return (*max_clock)(Device, int, unsigned*);
  Return (*energy)(Device, unsigned long long*);
  Return (*throttle)(Device, unsigned long long*);
  Return (*ecc_mode)(Device, int*, int*);
  Return (*ecc_errors)(Device, int, int, unsigned long long*);
};

Nvml::Nvml(std::unique_ptr<Functions> functions) : functions_(std::move(functions)) {}
Nvml::Nvml(Nvml&&) noexcept = default;
Nvml& Nvml::operator=(Nvml&& other) noexcept {
  std::swap(functions_, other.functions_);
  return *this;
}
Nvml::~Nvml() {
  if (functions_) functions_->shutdown();
}

Result<Nvml> Nvml::open(const std::string& library) {
  void* handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) return unavailable(fmt::format("{} was not found", library), "it comes with the NVIDIA driver");
  auto f = std::make_unique<Functions>();
  std::string missing;
  const auto resolve = [&](auto& function, const char* name, const char* older = nullptr) {
    void* address = dlsym(handle, name);
    if (!address && older) address = dlsym(handle, older);
    if (!address && missing.empty()) missing = name;
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(address);
  };
  resolve(f->init, "nvmlInit_v2");
  resolve(f->shutdown, "nvmlShutdown");
  resolve(f->error_string, "nvmlErrorString");
  resolve(f->driver_version, "nvmlSystemGetDriverVersion");
  resolve(f->device_count, "nvmlDeviceGetCount_v2");
  resolve(f->device_by_index, "nvmlDeviceGetHandleByIndex_v2");
  resolve(f->name, "nvmlDeviceGetName");
  resolve(f->uuid, "nvmlDeviceGetUUID");
  resolve(f->pci, "nvmlDeviceGetPciInfo_v3");
  resolve(f->power, "nvmlDeviceGetPowerUsage");
  resolve(f->power_limit, "nvmlDeviceGetEnforcedPowerLimit");
  resolve(f->temperature, "nvmlDeviceGetTemperature");
  resolve(f->clock, "nvmlDeviceGetClockInfo");
  resolve(f->max_clock, "nvmlDeviceGetMaxClockInfo");
  resolve(f->energy, "nvmlDeviceGetTotalEnergyConsumption");
  resolve(f->throttle, "nvmlDeviceGetCurrentClocksEventReasons", "nvmlDeviceGetCurrentClocksThrottleReasons");
  resolve(f->ecc_mode, "nvmlDeviceGetEccMode");
  resolve(f->ecc_errors, "nvmlDeviceGetTotalEccErrors");
  if (!missing.empty())
    return unavailable(fmt::format("{} has no {}: it is too old", library, missing), "update the NVIDIA driver");
  if (const Return status = f->init(); status != kSuccess)
    return unavailable(fmt::format("{} does not start: {}", library, f->error_string(status)),
                       "nvidia-smi shows whether the driver runs");
  return Nvml(std::move(f));
}

Result<unsigned> Nvml::count() const {
  unsigned devices = 0;
  if (const Return status = functions_->device_count(&devices); status != kSuccess)
    return unavailable(fmt::format("nvmlDeviceGetCount: {}", functions_->error_string(status)));
  return devices;
}

Result<void*> Nvml::device(unsigned index) const {
  Device device = nullptr;
  if (const Return status = functions_->device_by_index(index, &device); status != kSuccess)
    return unavailable(fmt::format("GPU {}: {}", index, functions_->error_string(status)));
  return device;
}

Result<unsigned> Nvml::find(const std::string& uuid) const {
  const auto devices = count();
  if (!devices) return devices;
  for (unsigned index = 0; index < *devices; ++index) {
    const auto found = identity(index);
    if (found && found->uuid == uuid) return index;
  }
  return unavailable(fmt::format("NVML knows no GPU {}", uuid));
}

Result<GpuIdentity> Nvml::identity(unsigned index) const {
  const auto found = device(index);
  if (!found) return pass_on(found.error());
  GpuIdentity gpu;
  std::array<char, 128> text{};
  const auto size = static_cast<unsigned>(text.size());
  if (functions_->name(*found, text.data(), size) == kSuccess) gpu.name = text.data();
  if (functions_->uuid(*found, text.data(), size) == kSuccess) gpu.uuid = text.data();
  if (functions_->driver_version(text.data(), size) == kSuccess) gpu.driver = text.data();
  if (PciInfo pci{}; functions_->pci(*found, &pci) == kSuccess) gpu.pci_bus = pci.bus_id;
  int ecc = 0, pending = 0;
  if (functions_->ecc_mode(*found, &ecc, &pending) == kSuccess) gpu.ecc = ecc != 0;
  unsigned value = 0;
  if (functions_->power_limit(*found, &value) == kSuccess) gpu.power_limit_w = value * 1e-3;
  if (functions_->max_clock(*found, kSmClock, &value) == kSuccess) gpu.max_clock_hz = value * 1e6;
  return gpu;
}

Result<GpuState> Nvml::read(unsigned index) const {
  const auto found = device(index);
  if (!found) return pass_on(found.error());
  GpuState state;
  unsigned value = 0;
  if (functions_->power(*found, &value) == kSuccess) state.power_w = value * 1e-3;
  if (functions_->temperature(*found, kGpuTemperature, &value) == kSuccess) state.temp_c = value;
  if (functions_->clock(*found, kSmClock, &value) == kSuccess) state.clock_hz = value * 1e6;
  if (functions_->clock(*found, kMemoryClock, &value) == kSuccess) state.memory_clock_hz = value * 1e6;
  unsigned long long wide = 0;
  if (functions_->energy(*found, &wide) == kSuccess) state.energy_j = static_cast<double>(wide) * 1e-3;
  if (functions_->throttle(*found, &wide) == kSuccess) state.throttle_reasons = wide;
  if (functions_->ecc_errors(*found, kUncorrected, kVolatile, &wide) == kSuccess) state.ecc_uncorrected = wide;
  return state;
}

}  // namespace chipfit::telemetry
