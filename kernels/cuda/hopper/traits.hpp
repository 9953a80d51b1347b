#pragma once
#include "kernels/cuda/index/wgmma_descriptor.hpp"
#include "kernels/cuda/ptx/ptx.hpp"

namespace chipfit::cuda {

// One wgmma of 64×kN×(32 bytes of k), d = a·b + (add ? d : 0), by element type. kPromote: partial sums are added up in
// registers after every slice of 128 bytes of k, because the tensor cores keep about 14 bits of fp8 sums.
struct WgmmaBf16 {
  using Sum = float;
  static constexpr int element_bytes = 2;
  static constexpr bool kPromote = false;
  template <int kN, Major kA, Major kB>
  static CHIPFIT_DEVICE void multiply(float (&d)[kN / 2], std::uint64_t a, std::uint64_t b, int add) {
    ptx::wgmma_bf16<kN, kA == Major::mn, kB == Major::mn>(d, a, b, add);
  }
};
struct WgmmaF16 {
  using Sum = float;
  static constexpr int element_bytes = 2;
  static constexpr bool kPromote = false;
  template <int kN, Major kA, Major kB>
  static CHIPFIT_DEVICE void multiply(float (&d)[kN / 2], std::uint64_t a, std::uint64_t b, int add) {
    ptx::wgmma_f16<kN, kA == Major::mn, kB == Major::mn>(d, a, b, add);
  }
};
struct WgmmaTf32 {
  using Sum = float;
  static constexpr int element_bytes = 4;
  static constexpr bool kPromote = false;
  template <int kN, Major, Major>
  static CHIPFIT_DEVICE void multiply(float (&d)[kN / 2], std::uint64_t a, std::uint64_t b, int add) {
    ptx::wgmma_tf32<kN>(d, a, b, add);
  }
};
#define CHIPFIT_WGMMA_FP8(Name, instruction)                                                             \
  struct Name {                                                                                          \
    using Sum = float;                                                                                   \
    static constexpr int element_bytes = 1;                                                              \
    static constexpr bool kPromote = true;                                                               \
    template <int kN, Major, Major>                                                                      \
    static CHIPFIT_DEVICE void multiply(float (&d)[kN / 2], std::uint64_t a, std::uint64_t b, int add) { \
      ptx::instruction<kN>(d, a, b, add);                                                                \
    }                                                                                                    \
  };
CHIPFIT_WGMMA_FP8(WgmmaE4m3, wgmma_e4m3)
CHIPFIT_WGMMA_FP8(WgmmaE5m2, wgmma_e5m2)
CHIPFIT_WGMMA_FP8(WgmmaE4m3E5m2, wgmma_e4m3_e5m2)
CHIPFIT_WGMMA_FP8(WgmmaE5m2E4m3, wgmma_e5m2_e4m3)
#undef CHIPFIT_WGMMA_FP8
struct WgmmaI8 {
  using Sum = std::int32_t;
  static constexpr int element_bytes = 1;
  static constexpr bool kPromote = false;
  template <int kN, Major, Major>
  static CHIPFIT_DEVICE void multiply(std::int32_t (&d)[kN / 2], std::uint64_t a, std::uint64_t b, int add) {
    ptx::wgmma_i8<kN>(d, a, b, add);
  }
};

}  // namespace chipfit::cuda
