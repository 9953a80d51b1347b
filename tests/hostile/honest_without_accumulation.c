// Cannot add to an output, and says so.
// verdict: OK
// note: its proven rate is a bracket
#include "honest.h"

static chipfit_status prepare(chipfit_device device, const chipfit_problem* problem, chipfit_kernel* kernel) {
  return problem->accumulate ? CHIPFIT_UNSUPPORTED : honest_prepare(device, problem, kernel);
}

static void hostile(chipfit_plugin* table) {
  table->prepare = prepare;
}
HOSTILE_PLUGIN("honest_without_accumulation")
