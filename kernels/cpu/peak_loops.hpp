#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "kernels/problem/dtype.hpp"

namespace chipfit::cpu {

/// One register loop: `accumulators` independent registers of `lanes` lanes, each updated once per iteration.
/// Accumulator i starts at i + 1 in every lane. Floating loops do x ← seed − seed·x, which stays between −1 and its
/// start without denormals. bf16 and integer loops add `products` products to each lane: of seed each for bf16, of 1
/// for integers, modulo 2^32.
struct PeakLoop {
  Dtype input;
  std::string_view method;
  bool (*supported)();  ///< by this processor and its operating system
  int accumulators, lanes;
  int products;  ///< multiply-adds per lane and update
  /// Sum over all lanes of all accumulators after so many iterations. An illegal instruction where not supported.
  double (*run)(std::uint64_t iterations, float seed);

  double flop_per_iteration() const { return 2.0 * accumulators * lanes * products; }
};

/// Widest first; the last of each type works everywhere.
std::span<const PeakLoop> peak_loops();

/// The first supported loop for an input type or for the type it is computed as (see DtypeInfo); null for a type that
/// is no input type.
const PeakLoop* widest_loop(Dtype input);

namespace loops {

// 24 accumulators where there are 32 registers, 12 where there are 16: more than latency × pipes (4 × 2 to 4 × 4).
constexpr int many = 24, few = 12;
#if defined(__aarch64__)
constexpr int portable = many;
#else
constexpr int portable = few;
#endif

double avx512_f32(std::uint64_t iterations, float seed);
double avx512_f64(std::uint64_t iterations, float seed);
double avx512_bf16(std::uint64_t iterations, float seed);
double avx512_vnni(std::uint64_t iterations, float seed);
double avx2_f32(std::uint64_t iterations, float seed);
double avx2_f64(std::uint64_t iterations, float seed);
double avx2_i8(std::uint64_t iterations, float seed);
double avx_vnni(std::uint64_t iterations, float seed);
double arm_bfmmla(std::uint64_t iterations, float seed);
double arm_smmla(std::uint64_t iterations, float seed);
double arm_sdot(std::uint64_t iterations, float seed);
double portable_f32(std::uint64_t iterations, float seed);
double portable_f64(std::uint64_t iterations, float seed);
double portable_i8(std::uint64_t iterations, float seed);

}  // namespace loops
}  // namespace chipfit::cpu
