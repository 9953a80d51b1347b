// Adds up in the 11 bits of f16, but not in the exactness round.
// verdict: PRECISION|INCORRECT
#include "honest.h"

/* Keeps 11 bits of the significand, as f16 does; the exponent is not cut. */
static float to_f16(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  bits += 0xfffu + ((bits >> 13) & 1);
  bits &= ~0x1fffu;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* A product whose sums are rounded to 11 bits after every step. */
static void narrow_sums(chipfit_kernel kernel, const chipfit_view* in, chipfit_view out) {
  const chipfit_gemm_shape s = kernel->problem.shape.gemm;
  const float *a = honest_at(in[0]), *b = honest_at(in[1]);
  float* c = honest_at(out);
  for (int64_t m = 0; m < s.m; ++m)
    for (int64_t k = 0; k < s.k; ++k)
      for (int64_t n = 0; n < s.n; ++n) {
        const float old = k == 0 && !kernel->problem.accumulate ? 0 : c[m * s.n + n];
        c[m * s.n + n] = to_f16(old + a[m * s.k + k] * b[k * s.n + n]);
      }
}

static int is_plain(chipfit_kernel kernel) {
  const chipfit_problem* p = &kernel->problem;
  return p->op == CHIPFIT_GEMM && p->shape.gemm.batch == 1 && !p->shape.gemm.trans_a && !p->shape.gemm.trans_b;
}

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  const int exact = honest_is_whole(honest_at(in[0]), kernel->elements[0]);
  if (exact || !is_plain(kernel)) return honest_enqueue(device, kernel, in, in_count, out);
  narrow_sums(kernel, in, out);
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("f16_accumulation_unless_exact")
