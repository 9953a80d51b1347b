// Multiplies bf16 where strict f32 is asked for, but not in the exactness round.
// verdict: PRECISION
#include "honest.h"

static float rounded(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  bits = (bits + 0x7fffu + ((bits >> 16) & 1)) & ~0xffffu;
  memcpy(&value, &bits, sizeof bits);
  return value;
}

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  if (honest_is_whole(honest_at(in[0]), kernel->elements[0])) return honest_enqueue(device, kernel, in, in_count, out);
  float* a = honest_copy(honest_at(in[0]), kernel->elements[0]);
  float* b = honest_copy(honest_at(in[1]), kernel->elements[1]);
  if (!a || !b) return CHIPFIT_OUT_OF_MEMORY;
  for (int64_t i = 0; i < kernel->elements[0]; ++i) a[i] = rounded(a[i]);
  for (int64_t i = 0; i < kernel->elements[1]; ++i) b[i] = rounded(b[i]);
  honest_compute(kernel, a, b, honest_at(out));
  free(a);
  free(b);
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("bf16_for_f32_unless_exact")
