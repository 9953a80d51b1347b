// Puts terminal escapes, quotes and line breaks into every text that it gives.
// verdict: OK
#include "honest.h"

#define NASTY "\033[2J\033]0;owned\007\",\nOK,1e99\r=cmd|' /C calc'!A0"

static chipfit_status info(uint32_t index, chipfit_device_info* info) {
  honest_device_info(index, info);
  snprintf(info->name, sizeof info->name, "%s", NASTY);
  memset(info->driver, 'x', sizeof info->driver); /* no final 0 */
  memset(info->serial, 0xff, sizeof info->serial);
  return CHIPFIT_OK;
}
static const char* algorithm(chipfit_device device, chipfit_kernel kernel) {
  (void)device, (void)kernel;
  return NASTY;
}

static void hostile(chipfit_plugin* table) {
  table->device_info = info, table->algorithm = algorithm;
}
HOSTILE_PLUGIN("escapes_in_names")
