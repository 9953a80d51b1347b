// Says of every problem that it does not compute it.
// verdict: UNSUPPORTED
#include "honest.h"

static chipfit_status prepare(chipfit_device device, const chipfit_problem* problem, chipfit_kernel* kernel) {
  (void)problem, (void)kernel;
  snprintf(device->error, sizeof device->error, "this chip makes coffee");
  return CHIPFIT_UNSUPPORTED;
}

static void hostile(chipfit_plugin* table) {
  table->prepare = prepare;
}
HOSTILE_PLUGIN("unsupported")
