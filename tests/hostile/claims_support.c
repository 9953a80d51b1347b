// Says that it supports every problem and prepares none.
// verdict: DISHONEST_SUPPORT
#include "honest.h"

static chipfit_status supports(chipfit_device device, const chipfit_problem* problem) {
  (void)device, (void)problem;
  return CHIPFIT_OK;
}
static chipfit_status prepare(chipfit_device device, const chipfit_problem* problem, chipfit_kernel* kernel) {
  (void)device, (void)problem, (void)kernel;
  return CHIPFIT_UNSUPPORTED;
}

static void hostile(chipfit_plugin* table) {
  table->supports = supports, table->prepare = prepare;
}
HOSTILE_PLUGIN("claims_support")
