// Writes through a null pointer.
// verdict: CRASHED
#include "honest.h"

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  (void)device, (void)kernel, (void)in, (void)in_count, (void)out;
  volatile float* volatile nothing = NULL;
  *nothing = 1.0f;
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("null_pointer")
