// Answers every problem with NaN, which a careless comparison lets pass.
// verdict: INCORRECT|NOT_WRITTEN
// note: where one of its NaNs happens to be the one that the poison had there
#include "honest.h"

#include <math.h>

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  (void)device, (void)in, (void)in_count;
  for (int64_t i = 0; i < kernel->elements[2]; ++i) honest_at(out)[i] = NAN;
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("nan_output")
