// An honest device behind a slow link that cannot add to an output.
// verdict: OK
// real_s: 0.004
#include "slow_link.h"

static chipfit_status prepare(chipfit_device device, const chipfit_problem* problem, chipfit_kernel* kernel) {
  return problem->accumulate ? CHIPFIT_UNSUPPORTED : honest_prepare(device, problem, kernel);
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = slow_enqueue, table->download = slow_download, table->prepare = prepare;
}
HOSTILE_PLUGIN("slow_link_without_accumulation")
