// Is right for its first twelve problems and writes nothing afterwards.
// verdict: NOT_WRITTEN|INCORRECT
// case: gemm:f32:NN:96x96x96
#include "honest.h"

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  static int count;
  if (++count > 12) return CHIPFIT_OK;
  honest_enqueue(device, kernel, in, in_count, out);
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("quits_after_a_while")
