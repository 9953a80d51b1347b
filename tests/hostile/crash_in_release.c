// Crashes when a kernel is released.
// verdict: CRASHED
#include "honest.h"

static void release(chipfit_device device, chipfit_kernel kernel) {
  (void)device, (void)kernel;
  abort();
}

static void hostile(chipfit_plugin* table) {
  table->release = release;
}
HOSTILE_PLUGIN("crash_in_release")
