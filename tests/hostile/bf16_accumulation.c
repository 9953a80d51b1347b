// Multiplies f32 and adds up in bf16.
// verdict: INCORRECT|PRECISION
#include "fewer_bits.h"

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  (void)device, (void)in_count;
  return fewer_bits_sums(kernel, in, out, 16);
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("bf16_accumulation")
