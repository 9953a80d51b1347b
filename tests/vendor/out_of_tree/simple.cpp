#include <chipfit/chipfit_simple.hpp>

static void gemm(const chipfit_gemm_shape& s, const float* a, const float* b, float* c) {
  for (std::int64_t m = 0; m < s.m; ++m)
    for (std::int64_t n = 0; n < s.n; ++n) {
      float sum = 0;
      for (std::int64_t k = 0; k < s.k; ++k) sum += a[m * s.k + k] * b[k * s.n + n];
      c[m * s.n + n] = sum;
    }
}

static chipfit::simple::Kernel prepare(const chipfit_problem& p) {
  const chipfit_gemm_shape s = p.shape.gemm;
  if (p.op != CHIPFIT_GEMM || !chipfit::plugin::all_of_dtype(p, CHIPFIT_F32) || p.accumulate || s.trans_a ||
      s.trans_b || s.batch != 1)
    chipfit::plugin::unsupported("only one plain f32 GEMM");
  return [s](const void* a, const void* b, void* c) {
    gemm(s, static_cast<const float*>(a), static_cast<const float*>(b), static_cast<float*>(c));
  };
}

CHIPFIT_SIMPLE_PLUGIN("simple", "1.0", prepare)
