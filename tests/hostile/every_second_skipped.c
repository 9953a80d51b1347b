// Computes every other problem and skips the rest.
// verdict: NOT_WRITTEN
#include "honest.h"

static int skip;

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  const int skipped = skip;
  skip = !skip;
  return skipped ? CHIPFIT_OK : honest_enqueue(device, kernel, in, in_count, out);
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("every_second_skipped")
