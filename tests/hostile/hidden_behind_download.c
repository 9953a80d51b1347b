// Returns from sync while a thread computes, and lets a slow download wait for it row by row.
// verdict: DEFERRED|TIMEOUT|OK
// real_s: 0.004
// note: possible condition IMPLAUSIBLE
#include "background.h"

static chipfit_status download(chipfit_device device, chipfit_buffer source, uint64_t offset, void* target,
                               uint64_t bytes) {
  /* The transfer takes its time in any case; the data are read as late as they can be. */
  const int64_t end = slow_now_ns() + (int64_t)bytes * SLOW_LINK_BYTE_NS;
  background_join();
  honest_download(device, source, offset, target, bytes);
  slow_until(end);
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->open = background_open, table->enqueue = background_enqueue, table->upload = background_upload;
  table->download = download;
}
HOSTILE_PLUGIN("hidden_behind_download")
