// Loses its device at the first problem.
// verdict: CRASHED
#include "honest.h"

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  (void)kernel, (void)in, (void)in_count, (void)out;
  snprintf(device->error, sizeof device->error, "the chip fell off the bus");
  return CHIPFIT_DEVICE_LOST;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("device_lost")
