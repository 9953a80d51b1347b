/* Arithmetic in fewer bits than the 24 of f32's significand: `lost_bits` 16 leaves bf16's 8, 13 the 11 of tf32 and f16.
 * Rounding is half to even, the exponent is not cut. */
#ifndef CHIPFIT_TESTS_HOSTILE_FEWER_BITS_H
#define CHIPFIT_TESTS_HOSTILE_FEWER_BITS_H
#include "honest.h"

static inline float fewer_bits(float value, int lost_bits) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  bits += (1u << (lost_bits - 1)) - 1 + ((bits >> lost_bits) & 1);
  bits &= ~0u << lost_bits;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* Computes with rounded inputs. */
static inline chipfit_status fewer_bits_inputs(chipfit_kernel kernel, const chipfit_view* in, chipfit_view out,
                                               int lost_bits) {
  float* copies[2] = {honest_copy(honest_at(in[0]), kernel->elements[0]),
                      honest_copy(honest_at(in[1]), kernel->elements[1])};
  for (int operand = 0; operand < 2 && copies[operand]; ++operand)
    for (int64_t i = 0; i < kernel->elements[operand]; ++i)
      copies[operand][i] = fewer_bits(copies[operand][i], lost_bits);
  if (copies[0] && copies[1]) honest_compute(kernel, copies[0], copies[1], honest_at(out));
  const chipfit_status status = copies[0] && copies[1] ? CHIPFIT_OK : CHIPFIT_OUT_OF_MEMORY;
  free(copies[0]);
  free(copies[1]);
  return status;
}

/* Rounds the sums of a GEMM after every step; what is no GEMM, has a batch or is transposed is computed honestly. */
static inline chipfit_status fewer_bits_sums(chipfit_kernel kernel, const chipfit_view* in, chipfit_view out,
                                             int lost_bits) {
  const chipfit_gemm_shape s = kernel->problem.shape.gemm;
  if (kernel->problem.op != CHIPFIT_GEMM || s.batch != 1 || s.trans_a || s.trans_b)
    return honest_enqueue(&honest_device, kernel, in, 2, out);
  const float *a = honest_at(in[0]), *b = honest_at(in[1]);
  float* c = honest_at(out);
  for (int64_t m = 0; m < s.m; ++m)
    for (int64_t k = 0; k < s.k; ++k)
      for (int64_t n = 0; n < s.n; ++n) {
        const float old = k == 0 && !kernel->problem.accumulate ? 0 : c[m * s.n + n];
        c[m * s.n + n] = fewer_bits(old + a[m * s.k + k] * b[k * s.n + n], lost_bits);
      }
  return CHIPFIT_OK;
}

/* Rounds the first 8 by 8 elements of a result. */
static inline void fewer_bits_tile(chipfit_kernel kernel, float* c, int lost_bits) {
  const int64_t n = kernel->problem.op == CHIPFIT_GEMM ? kernel->problem.shape.gemm.n : 8;
  for (int64_t i = 0; i < 64; ++i) {
    const int64_t at = (i / 8) * n + i % 8;
    if (at < kernel->elements[2]) c[at] = fewer_bits(c[at], lost_bits);
  }
}

/* Computes every tenth row of a GEMM's result again, with rounded inputs. */
static inline void fewer_bits_rows(chipfit_kernel kernel, const chipfit_view* in, chipfit_view out, int lost_bits) {
  const chipfit_gemm_shape s = kernel->problem.shape.gemm;
  chipfit_kernel row = (chipfit_kernel)calloc(1, sizeof *row);
  for (int64_t m = 0; kernel->problem.op == CHIPFIT_GEMM && row && m < s.m; m += 10) {
    *row = *kernel;
    row->problem.shape.gemm.m = row->problem.shape.gemm.batch = 1;
    row->elements[0] = s.k;
    row->elements[1] = s.k * s.n;
    row->elements[2] = s.n;
    const chipfit_view a = {in[0].buffer, in[0].offset + (uint64_t)(m * s.k) * sizeof(float)};
    const chipfit_view inputs[2] = {a, in[1]};
    const chipfit_view c = {out.buffer, out.offset + (uint64_t)(m * s.n) * sizeof(float)};
    if (!s.trans_a && !kernel->problem.accumulate) fewer_bits_inputs(row, inputs, c, lost_bits);
  }
  free(row);
}
#endif
