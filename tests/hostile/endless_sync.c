// Never comes back from sync.
// verdict: TIMEOUT
#include "honest.h"

#include <unistd.h>

static chipfit_status endless(chipfit_device device) {
  (void)device;
  volatile int forever = 1;
  while (forever) pause();
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->sync = endless;
}
HOSTILE_PLUGIN("endless_sync")
