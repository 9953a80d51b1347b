// Crashes when its device is closed, after all results are there.
// verdict: OK
#include "honest.h"

static void close_device(chipfit_device device) {
  (void)device;
  abort();
}

static void hostile(chipfit_plugin* table) {
  table->close = close_device;
}
HOSTILE_PLUGIN("crash_in_close")
