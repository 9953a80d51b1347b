// Writes 4 MiB to the log, and is right.
// verdict: OK
#include "honest.h"

static chipfit_status open_device(uint32_t index, chipfit_device* device) {
  static char line[1024];
  memset(line, 'x', sizeof line - 1);
  for (int i = 0; i < 4 * 1024; ++i) honest_host->log(line);
  return honest_open(index, device);
}

static void hostile(chipfit_plugin* table) {
  table->open = open_device;
}
HOSTILE_PLUGIN("log_chatter")
