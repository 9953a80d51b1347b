// Adds up in the 11 bits of f16, but not in the exactness round.
// verdict: PRECISION|INCORRECT
#include "fewer_bits.h"

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  if (honest_is_whole(honest_at(in[0]), kernel->elements[0])) return honest_enqueue(device, kernel, in, in_count, out);
  return fewer_bits_sums(kernel, in, out, 13);
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("f16_accumulation_unless_exact")
