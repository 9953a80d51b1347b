// Computes pairs of places ahead while it uploads, and looks up what it is asked for.
// verdict: OK
// real_s: 0.004
#include "slow_link.h"

/* Every pair of sixteen places in each operand: all that fits beside the data. What is not there is computed. */
enum { places = 16, step = 4096 };
static chipfit_buffer pools[2];
static chipfit_kernel of;
static float* table_of[places][places];

static void precompute(chipfit_kernel kernel) {
  for (int i = 0; i < places; ++i)
    for (int j = 0; j < places; ++j) {
      const uint64_t at[2] = {(uint64_t)i * step, (uint64_t)j * step};
      int fits = 1;
      for (int operand = 0; operand < 2; ++operand)
        fits = fits && at[operand] + (uint64_t)kernel->elements[operand] * sizeof(float) <= pools[operand]->bytes;
      free(table_of[i][j]);
      table_of[i][j] = fits ? (float*)calloc((size_t)kernel->elements[2], sizeof(float)) : NULL;
      if (table_of[i][j])
        honest_compute(kernel, (const float*)(void*)(pools[0]->data + at[0]),
                       (const float*)(void*)(pools[1]->data + at[1]), table_of[i][j]);
    }
}
static chipfit_status upload(chipfit_device device, chipfit_buffer target, uint64_t offset, const void* source,
                             uint64_t bytes) {
  honest_upload(device, target, offset, source, bytes);
  if (of && pools[0] && (target == pools[0] || target == pools[1])) precompute(of);
  return CHIPFIT_OK;
}
static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  of = kernel;
  pools[0] = in[0].buffer, pools[1] = in[1].buffer;
  const uint64_t i = in[0].offset / step, j = in[1].offset / step;
  if (!kernel->problem.accumulate && in[0].offset % step == 0 && in[1].offset % step == 0 && i < places && j < places &&
      table_of[i][j]) {
    memcpy(honest_at(out), table_of[i][j], (size_t)kernel->elements[2] * sizeof(float));
    return CHIPFIT_OK;
  }
  return slow_enqueue(device, kernel, in, in_count, out);
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue, table->upload = upload, table->download = slow_download;
}
HOSTILE_PLUGIN("pairs_precomputed")
