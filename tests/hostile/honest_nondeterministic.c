// Sums in another order each time, as a chip with atomics does: right, never twice the same.
// verdict: OK
// note: condition NONDETERMINISTIC
#include "honest.h"

static int backwards;

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  if (kernel->problem.op != CHIPFIT_GEMM) return honest_enqueue(device, kernel, in, in_count, out);
  const chipfit_gemm_shape s = kernel->problem.shape.gemm;
  if ((backwards = !backwards) == 0) return honest_enqueue(device, kernel, in, in_count, out);
  const float *a = honest_at(in[0]), *b = honest_at(in[1]);
  float* c = honest_at(out);
  for (int64_t i = 0; i < s.batch; ++i, a += s.m * s.k, b += s.k * s.n, c += s.m * s.n)
    for (int64_t m = 0; m < s.m; ++m) {
      if (!kernel->problem.accumulate) memset(c + m * s.n, 0, (size_t)s.n * sizeof(float));
      for (int64_t k = s.k - 1; k >= 0; --k)
        for (int64_t n = 0; n < s.n; ++n)
          c[m * s.n + n] += a[s.trans_a ? k * s.m + m : m * s.k + k] * b[s.trans_b ? n * s.k + k : k * s.n + n];
    }
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("honest_nondeterministic")
