#pragma once
#include <array>

#include "harness/judge/memory_plan.hpp"
#include "kernels/oracle/fill.hpp"

namespace chipfit::bench {

/// The judge's timing data in both pools; the same numbers for the same seed.
inline void fill_pools(const Operands& sizes, const judge::MemoryPlan& plan, const std::array<std::byte*, 2>& pools,
                       oracle::Seed seed) {
  for (std::size_t i = 0; i < 2; ++i)
    oracle::fill_uniform(sizes.in[i].dtype, pools[i],
                         static_cast<std::int64_t>(plan.pool[i]) / info(sizes.in[i].dtype).bytes, seed.derive(i));
}

}  // namespace chipfit::bench
