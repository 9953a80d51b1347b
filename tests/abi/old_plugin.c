/* A plugin as a vendor released it under ABI 1.0: compiled with that header and nothing else. */
#include <string.h>

#include "functions.h"

static chipfit_status info(uint32_t index, chipfit_device_info* out) {
  (void)index;
  const uint32_t size = out->struct_size;
  memset(out, 0, sizeof *out); /* all that it knows of, and not a byte more */
  out->struct_size = size;
  out->kind = CHIPFIT_CPU;
  return CHIPFIT_OK;
}
const chipfit_plugin* chipfit_plugin_query_v1(const chipfit_host* host) {
  static const chipfit_plugin table = {CHIPFIT_PLUGIN_HEAD("old", "1.0"),
                                       count,
                                       info,
                                       open_device,
                                       close_device,
                                       no_memory,
                                       no_free,
                                       no_upload,
                                       no_download,
                                       no_kernel,
                                       no_release,
                                       no_enqueue,
                                       sync_device,
                                       NULL,
                                       NULL,
                                       NULL,
                                       NULL};
  /* Everything of the host that 1.0 knows is there, whatever comes behind it. */
  return host->struct_size >= sizeof(chipfit_host) && host->log && host->scratch_dir && host->options ? &table : NULL;
}
