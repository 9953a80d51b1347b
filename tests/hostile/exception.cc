// Throws an exception across the ABI.
// verdict: CRASHED
#include "honest.h"

#include <stdexcept>

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  (void)device, (void)kernel, (void)in, (void)in_count, (void)out;
  throw std::runtime_error("nobody catches this");
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("exception")
