/* A device that takes problems and computes them in a thread of its own, in order, at a slow link's speed: sync (the
 * honest one) returns before they are done, background_join when they are. A plugin says where it joins; uploads do. */
#ifndef CHIPFIT_TESTS_HOSTILE_BACKGROUND_H
#define CHIPFIT_TESTS_HOSTILE_BACKGROUND_H
#include "slow_link.h"

#include <pthread.h>

typedef struct background_job {
  struct chipfit_kernel_s kernel;
  chipfit_view in[2], out;
} background_job;
enum { background_most = 4096 };
static background_job background_jobs[background_most];
static unsigned background_added, background_done;
static pthread_mutex_t background_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t background_changed = PTHREAD_COND_INITIALIZER;

static inline void* background_work(void* nothing) {
  for (;;) {
    pthread_mutex_lock(&background_mutex);
    while (background_done == background_added) pthread_cond_wait(&background_changed, &background_mutex);
    background_job now = background_jobs[background_done % background_most];
    pthread_mutex_unlock(&background_mutex);
    slow_compute(&now.kernel, honest_at(now.in[0]), honest_at(now.in[1]), honest_at(now.out));
    pthread_mutex_lock(&background_mutex);
    ++background_done;
    pthread_cond_broadcast(&background_changed);
    pthread_mutex_unlock(&background_mutex);
  }
  return nothing;
}
static inline void background_join(void) {
  pthread_mutex_lock(&background_mutex);
  while (background_done != background_added) pthread_cond_wait(&background_changed, &background_mutex);
  pthread_mutex_unlock(&background_mutex);
}
static inline chipfit_status background_open(uint32_t index, chipfit_device* device) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, background_work, NULL) != 0) return CHIPFIT_INTERNAL;
  pthread_detach(thread);
  return honest_open(index, device);
}
static inline chipfit_status background_enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in,
                                                uint32_t in_count, chipfit_view out) {
  (void)device, (void)in_count;
  const background_job now = {*kernel, {in[0], in[1]}, out};
  pthread_mutex_lock(&background_mutex);
  background_jobs[background_added++ % background_most] = now;
  pthread_cond_broadcast(&background_changed);
  pthread_mutex_unlock(&background_mutex);
  return CHIPFIT_OK;
}
static inline chipfit_status background_upload(chipfit_device device, chipfit_buffer target, uint64_t offset,
                                               const void* source, uint64_t bytes) {
  background_join();
  return honest_upload(device, target, offset, source, bytes);
}
#endif
