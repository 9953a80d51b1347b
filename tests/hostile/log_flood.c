// Fills the log without end.
// verdict: RESOURCE
#include "honest.h"

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  /* Bounded, so that a judge without a limit fails a test and not the disk. */
  static char line[65536];
  memset(line, 'x', sizeof line - 1);
  for (int i = 0; i < 4 * 1024; ++i) honest_host->log(line);
  return honest_enqueue(device, kernel, in, in_count, out);
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("log_flood")
