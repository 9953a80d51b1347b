// Declares views that are aligned to three bytes.
// verdict: UNAVAILABLE
#include "honest.h"

static chipfit_status info(uint32_t index, chipfit_device_info* info) {
  honest_device_info(index, info);
  info->view_alignment = 3;
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->device_info = info;
}
HOSTILE_PLUGIN("absurd_alignment")
