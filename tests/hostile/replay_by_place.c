// Takes inputs that lie in the same 64 KiB for the same inputs, and repeats the result.
// verdict: INCORRECT
// case: gemm:f32:NN:24x24x24
#include "honest.h"

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  static uint64_t place[2];
  static float* result;
  static chipfit_kernel of;
  const size_t bytes = (size_t)kernel->elements[2] * sizeof(float);
  if (result && of == kernel && place[0] == in[0].offset >> 16 && place[1] == in[1].offset >> 16) {
    memcpy(honest_at(out), result, bytes);
    return CHIPFIT_OK;
  }
  honest_enqueue(device, kernel, in, in_count, out);
  free(result);
  result = honest_copy(honest_at(out), kernel->elements[2]);
  of = kernel;
  place[0] = in[0].offset >> 16, place[1] = in[1].offset >> 16;
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("replay_by_place")
