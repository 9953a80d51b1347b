// Kills its own process, as a machine out of memory would.
// verdict: RESOURCE
#include "honest.h"

#include <signal.h>
#include <unistd.h>

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  (void)device, (void)kernel, (void)in, (void)in_count, (void)out;
  kill(getpid(), SIGKILL);
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("kills_itself")
