// Needs a library that is not on this machine.
// verdict: UNAVAILABLE
// note: linked against a library that is deleted after the link
#include "honest.h"

extern void my_chip_driver_init(void);

static void hostile(chipfit_plugin* table) {
  (void)table;
  my_chip_driver_init();
}
HOSTILE_PLUGIN("missing_dependency")
