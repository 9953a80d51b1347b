#pragma once
#include "backends/common/cuda/device_facts.hpp"
#include "backends/common/cuda/memory.hpp"

namespace cuda {

/// The primary context, which the CUDA runtime and the vendor's libraries compute in too.
class PrimaryContext {
 public:
  PrimaryContext(const Driver& driver, CUdevice device) : driver_(driver), device_(device) {
    CUcontext context = nullptr;
    driver.check(driver.context_retain(&context, device), "cuDevicePrimaryCtxRetain");
    driver.check(driver.context_set(context), "cuCtxSetCurrent");
  }
  ~PrimaryContext() { driver_.context_release(device_); }
  PrimaryContext(const PrimaryContext&) = delete;
  PrimaryContext& operator=(const PrimaryContext&) = delete;

 private:
  const Driver& driver_;
  CUdevice device_;
};

/// A device, its current context and its one queue: what every plugin on this driver does alike.
struct OpenDevice {
  OpenDevice(const Driver& driver_, std::uint32_t index)
      : driver(driver_), device(device_at(driver, index)), primary(driver, device), stream(driver) {}

  Memory alloc(std::uint64_t bytes) const { return Memory(driver, bytes); }
  void upload(Memory& target, std::uint64_t offset, const void* source, std::uint64_t bytes) const {
    driver.check(driver.copy_to_device(target.address() + offset, source, bytes, stream.get()), "cuMemcpyHtoDAsync");
    stream.synchronize();
  }
  void download(const Memory& source, std::uint64_t offset, void* target, std::uint64_t bytes) const {
    driver.check(driver.copy_to_host(target, source.address() + offset, bytes, stream.get()), "cuMemcpyDtoHAsync");
    stream.synchronize();
  }

  const Driver& driver;
  CUdevice device;
  PrimaryContext primary;
  Stream stream;
};

}  // namespace cuda
