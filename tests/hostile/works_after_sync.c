// Keeps a thread that computes on when sync has returned.
// verdict: OK
// note: condition BUSY_AFTER_SYNC
#include "honest.h"

#include <pthread.h>

static void* spin(void* nothing) {
  for (volatile double x = 1;;) x = x * 1.0000001 + 1e-9;
  return nothing;
}
static chipfit_status open_device(uint32_t index, chipfit_device* device) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, spin, NULL) == 0) pthread_detach(thread);
  return honest_open(index, device);
}

static void hostile(chipfit_plugin* table) {
  table->open = open_device;
}
HOSTILE_PLUGIN("works_after_sync")
