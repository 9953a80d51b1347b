// Computes every element and puts two of them in each other's place.
// verdict: INCORRECT
#include "honest.h"

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  honest_enqueue(device, kernel, in, in_count, out);
  float* c = honest_at(out);
  const float first = c[0];
  c[0] = c[kernel->elements[2] - 1];
  c[kernel->elements[2] - 1] = first;
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("rows_exchanged")
