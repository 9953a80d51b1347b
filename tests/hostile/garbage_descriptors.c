// Writes garbage to every open descriptor.
// verdict: PROTOCOL
#include "honest.h"

#include <unistd.h>

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  unsigned char garbage[256];
  for (size_t i = 0; i < sizeof garbage; ++i) garbage[i] = (unsigned char)(i * 37 + 11);
  for (int fd = 0; fd < 256; ++fd)
    if (write(fd, garbage, sizeof garbage) < 0) continue;
  return honest_enqueue(device, kernel, in, in_count, out);
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("garbage_descriptors")
