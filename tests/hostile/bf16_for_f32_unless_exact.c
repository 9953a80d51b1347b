// Multiplies bf16 where strict f32 is asked for, but not in the exactness round.
// verdict: PRECISION
#include "fewer_bits.h"

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  if (honest_is_whole(honest_at(in[0]), kernel->elements[0])) return honest_enqueue(device, kernel, in, in_count, out);
  return fewer_bits_inputs(kernel, in, out, 16);
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("bf16_for_f32_unless_exact")
