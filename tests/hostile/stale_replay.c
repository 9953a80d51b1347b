// Repeats its last result when it is given the same input buffers, whatever part of them is meant.
// verdict: INCORRECT
#include "honest.h"

static chipfit_kernel last_kernel;
static chipfit_buffer last[2];
static float* result;

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  const size_t bytes = (size_t)kernel->elements[2] * sizeof(float);
  if (last_kernel == kernel && last[0] == in[0].buffer && last[1] == in[1].buffer) {
    memcpy(honest_at(out), result, bytes);
    return CHIPFIT_OK;
  }
  honest_enqueue(device, kernel, in, in_count, out);
  free(result);
  result = honest_copy(honest_at(out), kernel->elements[2]);
  if (!result) return CHIPFIT_OUT_OF_MEMORY;
  last_kernel = kernel;
  last[0] = in[0].buffer;
  last[1] = in[1].buffer;
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("stale_replay")
