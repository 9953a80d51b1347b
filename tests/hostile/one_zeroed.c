// Is right but for one element, which is zero.
// verdict: INCORRECT
#include "honest.h"

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  honest_enqueue(device, kernel, in, in_count, out);
  honest_at(out)[kernel->elements[2] / 2] = 0;
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("one_zeroed")
