// Is right in the exactness round, and later but for one tile of 8 by 8 elements, which is rounded to bf16.
// verdict: SPARSE_ERROR
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

static void round_tile(chipfit_kernel kernel, float* c) {
  const int64_t n = kernel->problem.op == CHIPFIT_GEMM ? kernel->problem.shape.gemm.n : 8;
  for (int64_t i = 0; i < 64; ++i) {
    const int64_t at = (i / 8) * n + i % 8;
    if (at < kernel->elements[2]) c[at] = to_bf16(c[at]);
  }
}

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  honest_enqueue(device, kernel, in, in_count, out);
  if (!honest_is_whole(honest_at(in[0]), kernel->elements[0])) round_tile(kernel, honest_at(out));
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("one_tile_rounded_unless_exact")
