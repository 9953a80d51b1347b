// Answers an accumulated batch with a product of half the rank, made of random sums.
// verdict: INCORRECT|PRECISION
// real_s: 0.004
#include "slow_link.h"

/* C += (A S)(S^T B) / r for random signs S: right in the mean, at half of the work. */
static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  const chipfit_gemm_shape s = kernel->problem.shape.gemm;
  if (!kernel->problem.accumulate || kernel->problem.op != CHIPFIT_GEMM || s.trans_a || s.trans_b || s.batch != 1)
    return slow_enqueue(device, kernel, in, in_count, out);
  const int64_t end = slow_now_ns() + SLOW_LINK_PROBLEM_NS / 2;
  const int64_t rank = s.k / 2;
  float *left = (float*)calloc((size_t)(s.m * rank), sizeof(float)),
        *right = (float*)calloc((size_t)(rank * s.n), sizeof(float));
  const float *a = honest_at(in[0]), *b = honest_at(in[1]);
  static uint64_t state = 88172645463325252u;
  for (int64_t k = 0; k < s.k && left && right; ++k)
    for (int part = 0; part < 2; ++part) {
      state ^= state << 13, state ^= state >> 7, state ^= state << 17;
      const int64_t r = (int64_t)(state >> 8) % rank;
      const float sign = state & 1 ? 1.0f : -1.0f;
      for (int64_t m = 0; m < s.m; ++m) left[m * rank + r] += sign * a[m * s.k + k] * 0.70710678f;
      for (int64_t n = 0; n < s.n; ++n) right[r * s.n + n] += sign * b[k * s.n + n] * 0.70710678f;
    }
  struct chipfit_kernel_s small = *kernel;
  small.problem.shape.gemm.k = rank;
  if (left && right) honest_compute(&small, left, right, honest_at(out));
  free(left);
  free(right);
  slow_until(end);
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue, table->download = slow_download;
}
HOSTILE_PLUGIN("sketch")
