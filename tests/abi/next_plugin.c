/* A plugin of the next minor version: it has one function more, and asks the host's size before it reads what an older
 * host lacks. */
#include "functions.h"

static int answer(void) {
  return 42;
}
static const char* seen_later; /* what a new host gives; an old one has none */

static chipfit_status next_info(uint32_t index, chipfit_device_info* out) {
  (void)index;
  out->kind = CHIPFIT_CPU;
  if (out->struct_size >= sizeof *out) out->later_hz = 1; /* the caller may be older */
  return CHIPFIT_OK;
}

const chipfit_plugin* chipfit_plugin_query_v1(const chipfit_host* host) {
  static chipfit_plugin table;
  if (host->struct_size >= sizeof(chipfit_host)) seen_later = host->later;
  table.struct_size = sizeof table;
  table.abi_minor = CHIPFIT_ABI_MINOR;
  table.name = "next", table.version = "1.1";
  table.device_count = count, table.device_info = next_info;
  table.open = open_device, table.close = close_device;
  table.alloc = no_memory, table.free = no_free;
  table.upload = no_upload, table.download = no_download;
  table.prepare = no_kernel, table.release = no_release;
  table.enqueue = no_enqueue, table.sync = sync_device;
  table.later = answer;
  return host->log && (!seen_later || *seen_later) ? &table : NULL;
}
