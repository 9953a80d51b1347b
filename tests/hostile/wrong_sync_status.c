// Answers sync with a number that is no status.
// verdict: DISHONEST_SUPPORT
#include "honest.h"

static chipfit_status sync_device(chipfit_device device) {
  (void)device;
  return (chipfit_status)42;
}

static void hostile(chipfit_plugin* table) {
  table->sync = sync_device;
}
HOSTILE_PLUGIN("wrong_sync_status")
