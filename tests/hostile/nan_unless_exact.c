// Is right in the exactness round and answers NaN in timed ones.
// verdict: INCORRECT|NOT_WRITTEN
// note: where one of its NaNs happens to be the one that the poison had there
#include "honest.h"

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  honest_enqueue(device, kernel, in, in_count, out);
  if (honest_is_whole(honest_at(in[0]), kernel->elements[0])) return CHIPFIT_OK;
  for (int64_t i = 0; i < kernel->elements[2]; ++i) honest_at(out)[i] = 0.0f / 0.0f;
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("nan_unless_exact")
