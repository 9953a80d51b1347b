// Multiplies tf32 in every tenth row of the result.
// verdict: INCORRECT|PRECISION|SPARSE_ERROR
#include "fewer_bits.h"

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  honest_enqueue(device, kernel, in, in_count, out);
  fewer_bits_rows(kernel, in, out, 13);
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("tf32_in_some_rows")
