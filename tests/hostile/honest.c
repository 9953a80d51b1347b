// Computes what it is asked to.
// verdict: OK
#include "honest.h"

static void hostile(chipfit_plugin* table) {
  (void)table;
}
HOSTILE_PLUGIN("honest")
