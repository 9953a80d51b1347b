// Computes nothing before it is downloaded, and of several results for one output only the newest.
// verdict: DEFERRED|NOT_WRITTEN|INCORRECT|PRECISION
// real_s: 0.004
#include "slow_link.h"

enum { most = 65536 };
typedef struct job {
  struct chipfit_kernel_s kernel;
  chipfit_view in[2], out;
} job;
static job jobs[most];
static int count;

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  (void)device, (void)in_count;
  const job now = {*kernel, {in[0], in[1]}, out};
  if (count == most) return CHIPFIT_OUT_OF_MEMORY;
  jobs[count++] = now;
  return CHIPFIT_OK;
}
static chipfit_status download(chipfit_device device, chipfit_buffer source, uint64_t offset, void* target,
                               uint64_t bytes) {
  for (int i = count - 1; i >= 0; --i) {
    job* const each = &jobs[i];
    if (each->out.buffer != source) continue;
    slow_compute(&each->kernel, honest_at(each->in[0]), honest_at(each->in[1]), honest_at(each->out));
    if (!each->kernel.problem.accumulate) break;
  }
  count = 0;
  return slow_download(device, source, offset, target, bytes);
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue, table->download = download;
}
HOSTILE_PLUGIN("lazy_newest")
