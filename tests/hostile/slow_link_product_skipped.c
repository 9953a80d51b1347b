// Behind a slow link, leaves out every fourth product of an accumulated batch.
// verdict: INCORRECT|PRECISION
// real_s: 0.004
#include "slow_link.h"

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  static int count;
  if (kernel->problem.accumulate && ++count % 4 == 2) return CHIPFIT_OK;
  return slow_enqueue(device, kernel, in, in_count, out);
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue, table->download = slow_download;
}
HOSTILE_PLUGIN("slow_link_product_skipped")
