/* A device on a slow link that only notes what it is to compute: lazy_jobs, the oldest first. */
#ifndef CHIPFIT_TESTS_HOSTILE_LAZY_H
#define CHIPFIT_TESTS_HOSTILE_LAZY_H
#include "slow_link.h"

enum { lazy_most = 1 << 20 };
typedef struct lazy_job {
  struct chipfit_kernel_s kernel;
  chipfit_view in[2], out;
} lazy_job;
static lazy_job lazy_jobs[lazy_most];
static int lazy_count;

static inline chipfit_status lazy_enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in,
                                          uint32_t in_count, chipfit_view out) {
  (void)device, (void)in_count;
  const lazy_job now = {*kernel, {in[0], in[1]}, out};
  if (lazy_count == lazy_most) return CHIPFIT_OUT_OF_MEMORY;
  lazy_jobs[lazy_count++] = now;
  return CHIPFIT_OK;
}
static inline void lazy_compute(lazy_job* job) {
  slow_compute(&job->kernel, honest_at(job->in[0]), honest_at(job->in[1]), honest_at(job->out));
}
#endif
