// Returns from sync while a thread computes, and waits for it in download.
// verdict: DEFERRED|TIMEOUT
// real_s: 0.004
#include "background.h"

static chipfit_status download(chipfit_device device, chipfit_buffer source, uint64_t offset, void* target,
                               uint64_t bytes) {
  background_join();
  return slow_download(device, source, offset, target, bytes);
}

static void hostile(chipfit_plugin* table) {
  table->open = background_open, table->enqueue = background_enqueue, table->upload = background_upload;
  table->download = download;
}
HOSTILE_PLUGIN("early_return_joined")
