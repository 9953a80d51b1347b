// Returns from sync while a thread computes, and lets a slow download wait for it row by row.
// verdict: DEFERRED|TIMEOUT|OK
// real_s: 0.004
// note: possible condition IMPLAUSIBLE
#include "slow_link.h"

#include <pthread.h>

typedef struct job {
  struct chipfit_kernel_s kernel;
  chipfit_view in[2], out;
} job;
enum { most = 4096 };
static job jobs[most];
static unsigned added, done;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static void* work(void* nothing) {
  for (;;) {
    pthread_mutex_lock(&mutex);
    while (done == added) pthread_cond_wait(&changed, &mutex);
    job now = jobs[done % most];
    pthread_mutex_unlock(&mutex);
    slow_compute(&now.kernel, honest_at(now.in[0]), honest_at(now.in[1]), honest_at(now.out));
    pthread_mutex_lock(&mutex);
    ++done;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
  }
  return nothing;
}
static void join(void) {
  pthread_mutex_lock(&mutex);
  while (done != added) pthread_cond_wait(&changed, &mutex);
  pthread_mutex_unlock(&mutex);
}
static chipfit_status open_device(uint32_t index, chipfit_device* device) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, work, NULL) != 0) return CHIPFIT_INTERNAL;
  pthread_detach(thread);
  return honest_open(index, device);
}
static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  (void)device, (void)in_count;
  const job now = {*kernel, {in[0], in[1]}, out};
  pthread_mutex_lock(&mutex);
  jobs[added++ % most] = now;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&mutex);
  return CHIPFIT_OK;
}
/* Everything else stays in order. */
static chipfit_status upload(chipfit_device device, chipfit_buffer target, uint64_t offset, const void* source,
                             uint64_t bytes) {
  join();
  return honest_upload(device, target, offset, source, bytes);
}
static chipfit_status download(chipfit_device device, chipfit_buffer source, uint64_t offset, void* target,
                               uint64_t bytes) {
  /* The transfer takes its time in any case; the data are read as late as they can be. */
  const int64_t end = slow_now_ns() + (int64_t)bytes * SLOW_LINK_BYTE_NS;
  join();
  honest_download(device, source, offset, target, bytes);
  slow_until(end);
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->open = open_device, table->enqueue = enqueue, table->upload = upload, table->download = download;
}
HOSTILE_PLUGIN("hidden_behind_download")
