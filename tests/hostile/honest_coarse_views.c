// Takes views that are aligned to 64 KiB.
// verdict: OK
#include "honest.h"

static chipfit_status info(uint32_t index, chipfit_device_info* info) {
  honest_device_info(index, info);
  info->view_alignment = 65536;
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->device_info = info;
}
HOSTILE_PLUGIN("honest_coarse_views")
