// Closes every descriptor it has.
// verdict: PROTOCOL|EXITED
#include "honest.h"

#include <unistd.h>

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  for (int fd = 0; fd < 1024; ++fd) close(fd);
  return honest_enqueue(device, kernel, in, in_count, out);
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("closes_everything")
