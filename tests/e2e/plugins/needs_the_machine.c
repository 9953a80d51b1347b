/* Right, but its device opens only in the machine's own process namespace, as a driver may that is told its peer's pid.
 */
#include <unistd.h>

#include "tests/hostile/honest.h"

static chipfit_status open_device(uint32_t index, chipfit_device* device) {
  if (getpid() < 64) return CHIPFIT_UNAVAILABLE; /* namespaces count from 1 */
  return honest_open(index, device);
}

static void hostile(chipfit_plugin* table) {
  table->open = open_device;
}
HOSTILE_PLUGIN("needs_the_machine")
