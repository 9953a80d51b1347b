// Multiplies tf32 where strict f32 is asked for.
// verdict: PRECISION|INCORRECT
// note: the exactness round sees it where sums are short enough for inputs of more bits, the grade elsewhere
#include "fewer_bits.h"

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  (void)device, (void)in_count;
  return fewer_bits_inputs(kernel, in, out, 13);
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("tf32_for_f32")
