#include "backends/common/cuda/device_facts.hpp"

#include <algorithm>
#include <chipfit/chipfit_plugin.hpp>
#include <fstream>
#include <sstream>

#include "backends/common/cuda/peaks.hpp"
#include "backends/common/cuda/view_alignment.hpp"

namespace cuda {
namespace {

using chipfit::plugin::set_text;

int attribute(const Driver& driver, CUdevice device, CUdevice_attribute which) {
  int value = 0;
  driver.check(driver.device_attribute(&value, which, device), "cuDeviceGetAttribute");
  return value;
}

std::string driver_text(const Driver& driver) {
  const std::string serves =
      "CUDA " + std::to_string(driver.version_number / 1000) + "." + std::to_string(driver.version_number % 1000 / 10);
  std::string line;
  std::ifstream file("/proc/driver/nvidia/version");
  std::getline(file, line);
  const std::string module = kernel_module_version(line);
  return module.empty() ? serves : module + " (" + serves + ")";
}

}  // namespace

CUdevice device_at(const Driver& driver, std::uint32_t index) {
  CUdevice device = 0;
  driver.check(driver.device_get(&device, static_cast<int>(index)), "cuDeviceGet");
  return device;
}

ComputeCapability capability_of(const Driver& driver, CUdevice device) {
  return 10 * attribute(driver, device, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR) +
         attribute(driver, device, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
}

std::string uuid_text(const unsigned char (&bytes)[16]) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text = "GPU-";
  for (int i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += digits[bytes[i] >> 4];
    text += digits[bytes[i] & 15];
  }
  return text;
}

std::string kernel_module_version(std::string_view text) {
  std::istringstream words{std::string(text)};
  // The first word of digits and dots: "x86_64" is none.
  for (std::string word; words >> word;)
    if (word.find('.') != std::string::npos && word.find_first_not_of("0123456789.") == std::string::npos) return word;
  return "";
}

std::uint32_t device_count(const Driver& driver) {
  int devices = 0;
  driver.check(driver.device_count(&devices), "cuDeviceGetCount");
  if (devices <= 0) throw chipfit::plugin::Failure(CHIPFIT_UNAVAILABLE, "the NVIDIA driver finds no device");
  return static_cast<std::uint32_t>(devices);
}

int multiprocessors_of(const Driver& driver, CUdevice device) {
  return attribute(driver, device, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
}

std::uint64_t cache_bytes_of(const Driver& driver, CUdevice device) {
  return static_cast<std::uint64_t>(attribute(driver, device, CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE));
}

void describe_device(const Driver& driver, std::uint32_t index, const std::string& runtime, chipfit_device_info& info) {
  const CUdevice device = device_at(driver, index);
  const ComputeCapability capability = capability_of(driver, device);
  char name[sizeof info.name] = "";
  std::size_t memory = 0;
  CUuuid uuid{};
  driver.check(driver.device_name(name, sizeof name, device), "cuDeviceGetName");
  driver.check(driver.device_memory(&memory, device), "cuDeviceTotalMem");
  driver.check(driver.device_uuid(&uuid, device), "cuDeviceGetUuid");

  info.kind = CHIPFIT_GPU;
  info.view_alignment = kViewAlignment;
  info.memory_bytes = memory;
  info.compute_units = static_cast<std::uint32_t>(multiprocessors_of(driver, device));
  info.last_level_cache_kib = static_cast<std::uint32_t>(cache_bytes_of(driver, device) >> 10);
  info.nominal_clock_hz = 1e3 * attribute(driver, device, CU_DEVICE_ATTRIBUTE_CLOCK_RATE);
  set_text(info.vendor, "NVIDIA");
  set_text(info.name, name);
  set_text(info.arch, "sm_" + std::to_string(capability));
  unsigned char bytes[16];
  std::copy(std::begin(uuid.bytes), std::end(uuid.bytes), bytes);
  set_text(info.serial, uuid_text(bytes));
  set_text(info.driver, driver_text(driver));
  set_text(info.runtime, runtime);

  const Claims claims = claims_for(name);
  info.memory_byte_per_s = claims.memory_byte_per_s;
  info.peak_count = static_cast<std::uint32_t>(std::min<std::size_t>(claims.peaks.size(), CHIPFIT_MAX_PEAKS));
  std::copy_n(claims.peaks.begin(), info.peak_count, info.peaks);
}

}  // namespace cuda
