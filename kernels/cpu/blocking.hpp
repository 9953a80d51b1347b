#pragma once
#include <cstdint>
#include <vector>

#include "kernels/cpu/micro_kernel.hpp"

namespace chipfit::cpu {

struct CacheLevel {
  std::int64_t bytes, ways;
};

/// Data caches as one core sees them; the third level divided by the cores that share it.
struct Caches {
  CacheLevel l1, l2, l3;
};

/// From /sys/devices/system/cpu, else 32 KiB, 512 KiB and 2 MiB, as most processors have at least.
Caches caches_of_this_cpu();

/// Extents of the blocks that are packed: mc × kc of A, kc × nc of B.
struct Blocking {
  std::int64_t mc, kc, nc;
  friend bool operator==(const Blocking&, const Blocking&) = default;
};

/// The extents of one thread's share of a GEMM.
struct Extents {
  std::int64_t m, n, k;
};

/// Block sizes from the caches, by Low, Igual, Smith and Quintana-Ortí, "Analytical modeling is enough for
/// high-performance BLIS" (ACM TOMS 43(2), 2016): of the W ways of a cache, one is left to C and to what passes
/// through, and the two operands divide the others in proportion to what they need.
///   kc: an A panel (mr × kc) takes ⌊(W₁ − 1) / (1 + nr/mr)⌋ ways of L1, the B panel the others
///   mc: the A block (mc × kc) takes half of what a B panel leaves of L2; the next block's source, fetched while this
///   one is used, takes the other half nc: the B block (kc × nc) takes a quarter of L3: the paper's "what an A block
///   leaves" does not hold where other cores or machines use that cache as well, and packing A again for each B block
///   costs little
/// Then each is cut so that the extents fall into equal blocks, whole panels and whole groups.
Blocking analytic_blocking(const MicroKernel&, const Caches&, const Extents&);

/// Equal blocks of at most `wanted` (at least one unit), each a multiple of `unit`, that cover the extent.
std::int64_t even_block(std::int64_t extent, std::int64_t wanted, std::int64_t unit);

/// What measurement may decide: kc, and how many blocks stand for one of the formula's mc at that kc.
struct BlockChoice {
  std::int64_t kc;
  int mc_divisor = 1;
};
Blocking blocking_with(const MicroKernel&, const Caches&, const Extents&, const BlockChoice&);

/// What is worth timing: the analytic kc first, then up to five times as long (processors that read the second level as
/// fast as the first gain more from fewer visits to C).
std::vector<std::int64_t> kc_candidates(const MicroKernel&, const Caches&);

}  // namespace chipfit::cpu
