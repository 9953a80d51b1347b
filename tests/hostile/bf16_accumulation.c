// Multiplies f32 and adds up in bf16.
// verdict: INCORRECT|PRECISION
#include "honest.h"

/* Rounds to bf16, half to even. */
static float to_bf16(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  bits += 0x7fffu + ((bits >> 16) & 1);
  bits &= 0xffff0000u;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* A product whose sums are rounded to bf16 after every step. */
static void narrow_sums(chipfit_kernel kernel, const chipfit_view* in, chipfit_view out) {
  const chipfit_gemm_shape s = kernel->problem.shape.gemm;
  const float *a = honest_at(in[0]), *b = honest_at(in[1]);
  float* c = honest_at(out);
  for (int64_t m = 0; m < s.m; ++m)
    for (int64_t k = 0; k < s.k; ++k)
      for (int64_t n = 0; n < s.n; ++n) {
        const float old = k == 0 && !kernel->problem.accumulate ? 0 : c[m * s.n + n];
        c[m * s.n + n] = to_bf16(old + a[m * s.k + k] * b[k * s.n + n]);
      }
}

static int is_plain(chipfit_kernel kernel) {
  const chipfit_problem* p = &kernel->problem;
  return p->op == CHIPFIT_GEMM && p->shape.gemm.batch == 1 && !p->shape.gemm.trans_a && !p->shape.gemm.trans_b;
}

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  if (!is_plain(kernel)) return honest_enqueue(device, kernel, in, in_count, out);
  narrow_sums(kernel, in, out);
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("bf16_accumulation")
