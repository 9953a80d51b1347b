// Computes a problem once for each pair of input buffers, whatever part of them is meant.
// verdict: NOT_WRITTEN
#include "honest.h"

static chipfit_buffer last[2];

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  if (last[0] == in[0].buffer && last[1] == in[1].buffer) return CHIPFIT_OK;
  last[0] = in[0].buffer;
  last[1] = in[1].buffer;
  return honest_enqueue(device, kernel, in, in_count, out);
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("duplicates_dropped")
