// Computes nothing before it is downloaded, and of several results for one output only the newest.
// verdict: DEFERRED|NOT_WRITTEN|INCORRECT|PRECISION
// real_s: 0.004
#include "lazy.h"

static chipfit_status download(chipfit_device device, chipfit_buffer source, uint64_t offset, void* target,
                               uint64_t bytes) {
  for (int i = lazy_count - 1; i >= 0; --i) {
    lazy_job* const each = &lazy_jobs[i];
    if (each->out.buffer != source) continue;
    lazy_compute(each);
    if (!each->kernel.problem.accumulate) break;
  }
  lazy_count = 0;
  return slow_download(device, source, offset, target, bytes);
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = lazy_enqueue, table->download = download;
}
HOSTILE_PLUGIN("lazy_newest")
