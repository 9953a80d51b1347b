#pragma once
#include <cstdint>

namespace cuda {

/// Where operands may begin, in bytes. Every algorithm of both libraries may be used at 256, and cuMemAlloc gives it.
constexpr std::uint32_t kViewAlignment = 256;

}  // namespace cuda
