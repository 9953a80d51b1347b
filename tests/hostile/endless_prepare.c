// Never comes back from prepare, and computes all the while.
// verdict: TIMEOUT
#include "honest.h"

static chipfit_status prepare(chipfit_device device, const chipfit_problem* problem, chipfit_kernel* kernel) {
  (void)device, (void)problem, (void)kernel;
  volatile int forever = 1;
  while (forever) {
  }
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->prepare = prepare;
}
HOSTILE_PLUGIN("endless_prepare")
