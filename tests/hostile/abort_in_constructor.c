// Aborts while it is loaded.
// verdict: CRASHED
#include "honest.h"

__attribute__((constructor)) static void at_load(void) {
  abort();
}

static void hostile(chipfit_plugin* table) {
  (void)table;
}
HOSTILE_PLUGIN("abort_in_constructor")
