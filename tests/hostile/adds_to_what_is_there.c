// Adds to the output where it should overwrite it.
// verdict: INCORRECT|NOT_WRITTEN
#include "honest.h"

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  const uint32_t adds = kernel->problem.accumulate;
  kernel->problem.accumulate = 1;
  honest_enqueue(device, kernel, in, in_count, out);
  kernel->problem.accumulate = adds;
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("adds_to_what_is_there")
