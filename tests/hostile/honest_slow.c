// Takes its time, and is right.
// verdict: OK
#include "honest.h"

#include <time.h>

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  const struct timespec pause = {0, 2000000};
  nanosleep(&pause, NULL);
  return honest_enqueue(device, kernel, in, in_count, out);
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("honest_slow")
