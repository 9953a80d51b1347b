// Answers alloc with success and no buffer.
// verdict: DISHONEST_SUPPORT
#include "honest.h"

static chipfit_status alloc_nothing(chipfit_device device, uint64_t bytes, chipfit_buffer* buffer) {
  (void)device, (void)bytes;
  *buffer = NULL;
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->alloc = alloc_nothing;
}
HOSTILE_PLUGIN("null_handles")
