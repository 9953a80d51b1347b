// Starts processes without end and never comes back.
// verdict: TIMEOUT
// note: none of its processes is left
#include "honest.h"

#include <unistd.h>

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  /* Bounded, for the sake of the machine; a judge that leaves any of them behind fails. */
  for (int i = 0; i < 200; ++i)
    if (fork() == 0)
      for (;;) pause();
  for (;;) pause();
  return honest_enqueue(device, kernel, in, in_count, out);
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("fork_bomb")
