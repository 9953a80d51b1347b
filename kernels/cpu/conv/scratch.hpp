#pragma once
#include <cstdint>
#include <new>

#include "kernels/cpu/huge_memory.hpp"

namespace chipfit::cpu {

/// Memory between the steps of a convolution. Throws std::bad_alloc.
inline HugeMemory scratch(std::int64_t bytes) {
  HugeMemory memory(static_cast<std::size_t>(bytes));
  if (bytes > 0 && !memory.data()) throw std::bad_alloc();
  return memory;
}

}  // namespace chipfit::cpu
