// Answers every problem with zeros.
// verdict: INCORRECT
#include "honest.h"

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  (void)device, (void)in, (void)in_count;
  memset(honest_at(out), 0, (size_t)kernel->elements[2] * sizeof(float));
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("zeros")
