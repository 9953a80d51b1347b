// An honest device behind a slow link.
// verdict: OK
// real_s: 0.004
#include "slow_link.h"

static void hostile(chipfit_plugin* table) {
  table->enqueue = slow_enqueue, table->download = slow_download;
}
HOSTILE_PLUGIN("slow_link")
