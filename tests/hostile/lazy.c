// Computes nothing before it is downloaded, and then only the one output that is asked for.
// verdict: DEFERRED|TIMEOUT
// real_s: 0.004
#include "lazy.h"

static chipfit_status download(chipfit_device device, chipfit_buffer source, uint64_t offset, void* target,
                               uint64_t bytes) {
  int kept = 0;
  for (int i = 0; i < lazy_count; ++i) {
    lazy_job* const each = &lazy_jobs[i];
    if (each->out.buffer == source)
      lazy_compute(each);
    else
      lazy_jobs[kept++] = *each;
  }
  lazy_count = kept;
  return slow_download(device, source, offset, target, bytes);
}

/* A slot that is written again has lost what was to be computed. */
static chipfit_status upload(chipfit_device device, chipfit_buffer target, uint64_t offset, const void* source,
                             uint64_t bytes) {
  int kept = 0;
  for (int i = 0; i < lazy_count; ++i)
    if (lazy_jobs[i].out.buffer != target) lazy_jobs[kept++] = lazy_jobs[i];
  lazy_count = kept;
  return honest_upload(device, target, offset, source, bytes);
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = lazy_enqueue, table->download = download, table->upload = upload;
}
HOSTILE_PLUGIN("lazy")
