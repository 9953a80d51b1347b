// Says that it can add to an output and fails when it is asked to.
// verdict: DISHONEST_SUPPORT
#include "honest.h"

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  if (kernel->problem.accumulate) return CHIPFIT_INTERNAL;
  return honest_enqueue(device, kernel, in, in_count, out);
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("accumulates_only_in_words")
