#pragma once
#include <chipfit/chipfit_plugin.h>

#include <string>
#include <string_view>

#include "backends/cuda/gemm_layout.hpp"
#include "backends/cuda/libraries.hpp"

namespace cuda {

/// Fills what the driver tells of a device and the vendor's table claims for it.
void describe_device(const Libraries&, std::uint32_t index, chipfit_device_info&);

CUdevice device_at(const Driver&, std::uint32_t index);
ComputeCapability capability_of(const Driver&, CUdevice);

/// "GPU-01234567-89ab-cdef-0123-456789abcdef", as nvidia-smi names it.
std::string uuid_text(const unsigned char (&bytes)[16]);

/// The driver's version in the first line of /proc/driver/nvidia/version; empty where it is not there.
///   "NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.65.06  Sun Jul 27 …" → "580.65.06"
std::string kernel_module_version(std::string_view text);

}  // namespace cuda
