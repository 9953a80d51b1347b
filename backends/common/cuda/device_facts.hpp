#pragma once
#include <chipfit/chipfit_plugin.h>

#include <string>
#include <string_view>

#include "backends/common/cuda/driver.hpp"

namespace cuda {

/// 10·major + minor: 90 is Hopper.
using ComputeCapability = int;

/// Devices that the driver finds; Failure (UNAVAILABLE) where there is none.
std::uint32_t device_count(const Driver&);

/// Fills what the driver tells of a device and the vendor's table claims for it. `runtime`: what computes on it.
void describe_device(const Driver&, std::uint32_t index, const std::string& runtime, chipfit_device_info&);

CUdevice device_at(const Driver&, std::uint32_t index);
ComputeCapability capability_of(const Driver&, CUdevice);
int multiprocessors_of(const Driver&, CUdevice);
/// Of the level-2 cache.
std::uint64_t cache_bytes_of(const Driver&, CUdevice);

/// "GPU-01234567-89ab-cdef-0123-456789abcdef", as nvidia-smi names it.
std::string uuid_text(const unsigned char (&bytes)[16]);

/// The driver's version in the first line of /proc/driver/nvidia/version; empty where it is not there.
///   "NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.65.06  Sun Jul 27 …" → "580.65.06"
std::string kernel_module_version(std::string_view text);

}  // namespace cuda
