// Is much faster than the peak that it claims.
// verdict: OK
// note: condition IMPLAUSIBLE
#include "honest.h"

static chipfit_status info(uint32_t index, chipfit_device_info* info) {
  honest_device_info(index, info);
  info->peak_count = 1;
  info->peaks[0].dtype_in = info->peaks[0].dtype_acc = CHIPFIT_F32;
  info->peaks[0].math = CHIPFIT_STRICT;
  info->peaks[0].flop_per_s = 1e6;
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->device_info = info;
}
HOSTILE_PLUGIN("exceeds_its_claim")
