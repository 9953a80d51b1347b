// Multiplies tf32 in every tenth row of the result, but not in the exactness round.
// verdict: SPARSE_ERROR|PRECISION
#include "fewer_bits.h"

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  honest_enqueue(device, kernel, in, in_count, out);
  if (!honest_is_whole(honest_at(in[0]), kernel->elements[0])) fewer_bits_rows(kernel, in, out, 13);
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("tf32_in_some_rows_unless_exact")
