#pragma once
#include <cstdint>
#include <string>

#include "kernels/problem/dtype.hpp"

namespace chipfit::cpu {

/// What this CPU reaches in registers, measured now.
struct EmpiricalPeak {
  double flop_per_s = 0;  ///< multiply and add count 2; dense. 0: not an input type, or no thread could be started
  std::string method;     ///< "avx512f fma f32", "avx512_vnni vpdpbusd", "avx2 fma f32 (f16 as f32)"
  int threads = 0;        ///< that worked
};

/// Register loops of independent multiply-adds in the widest instructions for the input type (run-time dispatch),
/// on `threads` pinned threads for about `seconds`; the best of several short windows. Types without instructions of
/// their own are given the rate of the type they are computed as, and `method` says so. `threads` is held between 1
/// and the number of processors in the affinity mask: two threads on one processor would share its rate.
EmpiricalPeak measure_peak(Dtype input, int threads, double seconds);

/// Read bandwidth over a buffer of at least four times the last-level cache, byte/s. `threads` as above. 0 where the
/// memory cannot be had.
double measure_read_bandwidth(int threads, std::uint64_t last_level_cache_bytes, double seconds);

}  // namespace chipfit::cpu
