// Is right in the exactness round, and later but for one tile of 8 by 8 elements, which is rounded to bf16.
// verdict: SPARSE_ERROR
#include "fewer_bits.h"

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  honest_enqueue(device, kernel, in, in_count, out);
  if (!honest_is_whole(honest_at(in[0]), kernel->elements[0])) fewer_bits_tile(kernel, honest_at(out), 16);
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("one_tile_rounded_unless_exact")
