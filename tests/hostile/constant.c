// Answers every problem with one and the same number.
// verdict: INCORRECT
#include "honest.h"

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  (void)device, (void)in, (void)in_count;
  for (int64_t i = 0; i < kernel->elements[2]; ++i) honest_at(out)[i] = 0.5f;
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("constant")
