// Is right in the exactness round and answers zeros in timed ones.
// verdict: INCORRECT
#include "honest.h"

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  if (honest_is_whole(honest_at(in[0]), kernel->elements[0])) return honest_enqueue(device, kernel, in, in_count, out);
  memset(honest_at(out), 0, (size_t)kernel->elements[2] * sizeof(float));
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("zeros_unless_exact")
