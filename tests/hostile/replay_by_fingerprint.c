// Knows inputs again by the signs of four elements, and repeats the result.
// verdict: INCORRECT
// case: gemm:f32:NN:48x48x48
#include "honest.h"

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  static float* results[256];
  static chipfit_kernel of[256];
  unsigned print = 0;
  for (int64_t i = 0; i < 4; ++i)
    for (int operand = 0; operand < 2; ++operand)
      print = print * 2 + (honest_at(in[operand])[i * (kernel->elements[operand] / 4)] < 0);
  if (of[print] == kernel) {
    memcpy(honest_at(out), results[print], (size_t)kernel->elements[2] * sizeof(float));
    return CHIPFIT_OK;
  }
  honest_enqueue(device, kernel, in, in_count, out);
  free(results[print]);
  results[print] = kernel->problem.accumulate ? NULL : honest_copy(honest_at(out), kernel->elements[2]);
  of[print] = results[print] ? kernel : NULL;
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("replay_by_fingerprint")
