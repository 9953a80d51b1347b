// A plugin of a later minor version of the ABI, with a longer table: the functions of 1.0 are where they were.
// verdict: OK
#include "honest.h"

static void hostile(chipfit_plugin* table) {
  (void)table;
}
#define chipfit_plugin_query_v1 query_1_0
static const chipfit_plugin* query_1_0(const chipfit_host* host);
static HOSTILE_PLUGIN("newer_minor")
#undef chipfit_plugin_query_v1

    typedef struct later_plugin {
  chipfit_plugin now;
  void (*unheard_of[8])(void);
} later_plugin;

const chipfit_plugin* chipfit_plugin_query_v1(const chipfit_host* host) {
  static later_plugin later;
  later.now = *query_1_0(host);
  later.now.struct_size = (uint32_t)sizeof later;
  later.now.abi_minor = CHIPFIT_ABI_MINOR + 7;
  return &later.now;
}
