// Is right in the exactness round, and later but for one element, which is zero.
// verdict: SPARSE_ERROR
#include "honest.h"

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  honest_enqueue(device, kernel, in, in_count, out);
  if (!honest_is_whole(honest_at(in[0]), kernel->elements[0])) honest_at(out)[kernel->elements[2] / 2] = 0;
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("one_zeroed_unless_exact")
