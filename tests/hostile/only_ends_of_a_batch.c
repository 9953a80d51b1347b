// Computes the first and the last problem before a sync and skips the rest.
// verdict: NOT_WRITTEN|INCORRECT
// case: gemm:f32:NN:48x48x48
#include "honest.h"

typedef struct job {
  chipfit_kernel kernel;
  chipfit_view in[2], out;
} job;
static job first, last;
static int count;

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  if (kernel->problem.accumulate) return honest_enqueue(device, kernel, in, in_count, out);
  const job now = {kernel, {in[0], in[1]}, out};
  if (count++ == 0) first = now;
  last = now;
  return CHIPFIT_OK;
}
static chipfit_status sync_ends(chipfit_device device) {
  if (count > 0) honest_enqueue(device, first.kernel, first.in, 2, first.out);
  if (count > 1) honest_enqueue(device, last.kernel, last.in, 2, last.out);
  count = 0;
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue, table->sync = sync_ends;
}
HOSTILE_PLUGIN("only_ends_of_a_batch")
