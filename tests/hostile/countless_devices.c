// Says that it has four thousand million devices.
// verdict: UNAVAILABLE
#include "honest.h"

static chipfit_status count(uint32_t* count) {
  *count = 4000000000u;
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->device_count = count;
}
HOSTILE_PLUGIN("countless_devices")
