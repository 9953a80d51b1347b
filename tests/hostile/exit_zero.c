// Leaves the process with success.
// verdict: EXITED
#include "honest.h"

#include <unistd.h>

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  (void)device, (void)kernel, (void)in, (void)in_count, (void)out;
  _exit(0);
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("exit_zero")
