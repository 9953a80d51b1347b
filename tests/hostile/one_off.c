// Is right but for one element, which is off by 0.1 %.
// verdict: INCORRECT
#include "honest.h"

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  honest_enqueue(device, kernel, in, in_count, out);
  float* element = honest_at(out) + kernel->elements[2] / 2;
  *element = *element * 1.001f + 0.001f;
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("one_off")
