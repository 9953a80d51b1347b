// Adds the second product of an accumulated batch twice and leaves out the third.
// verdict: INCORRECT|PRECISION
// case: gemm:f32:NN:96x96x96
#include "honest.h"

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  static chipfit_view second[2];
  static int count;
  if (kernel->problem.accumulate && ++count == 2) memcpy(second, in, sizeof second);
  return honest_enqueue(device, kernel, kernel->problem.accumulate && count == 3 ? second : in, in_count, out);
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("one_product_twice")
