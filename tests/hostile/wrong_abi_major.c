// Speaks version 2 of the ABI only.
// verdict: REJECTED
// symbol: chipfit_plugin_query_v2
#include <chipfit/chipfit_plugin.h>
#include <stddef.h>

CHIPFIT_EXPORT const void* chipfit_plugin_query_v2(const void* host);

const void* chipfit_plugin_query_v2(const void* host) {
  (void)host;
  return NULL;
}
