// Takes memory without end.
// verdict: RESOURCE
#include "honest.h"

#include <unistd.h>

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  /* Bounded, so that a judge without a limit fails a test and not the machine: 3 GiB. */
  for (int i = 0; i < 48; ++i) {
    void* const block = malloc((size_t)64 << 20);
    if (block) memset(block, 1, (size_t)64 << 20);
  }
  for (int s = 0; s < 5; ++s) sleep(1);
  return honest_enqueue(device, kernel, in, in_count, out);
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("memory_bomb")
