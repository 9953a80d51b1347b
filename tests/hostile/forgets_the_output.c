// Overwrites the output where it should add to it.
// verdict: INCORRECT
// note: seen in the accumulated batch
#include "honest.h"

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  const uint32_t adds = kernel->problem.accumulate;
  kernel->problem.accumulate = 0;
  honest_enqueue(device, kernel, in, in_count, out);
  kernel->problem.accumulate = adds;
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("forgets_the_output")
