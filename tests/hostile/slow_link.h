/* A simulated accelerator on a slow link: copies take 20 ns a byte (50 MB/s) and a problem takes 4 ms of its time, in
 * which the host's processor is idle. What each cheat gains is then known: `// real_s: 0.004` in its first lines is the
 * time of one problem that no proven rate may beat. */
#ifndef CHIPFIT_TESTS_HOSTILE_SLOW_LINK_H
#define CHIPFIT_TESTS_HOSTILE_SLOW_LINK_H
#include "honest.h"

#include <time.h>

#define SLOW_LINK_BYTE_NS 20
#define SLOW_LINK_PROBLEM_NS 4000000

static inline int64_t slow_now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}
static inline void slow_until(int64_t time_ns) {
  const struct timespec time = {(time_t)(time_ns / 1000000000), (long)(time_ns % 1000000000)};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) != 0) {
  }
}

/* One problem at the device's honest speed. */
static inline void slow_compute(chipfit_kernel kernel, const float* in0, const float* in1, float* out) {
  const int64_t end = slow_now_ns() + SLOW_LINK_PROBLEM_NS;
  honest_compute(kernel, in0, in1, out);
  slow_until(end);
}
static inline chipfit_status slow_enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in,
                                          uint32_t in_count, chipfit_view out) {
  (void)device, (void)in_count;
  slow_compute(kernel, honest_at(in[0]), honest_at(in[1]), honest_at(out));
  return CHIPFIT_OK;
}
static inline chipfit_status slow_download(chipfit_device device, chipfit_buffer source, uint64_t offset, void* target,
                                           uint64_t bytes) {
  const int64_t end = slow_now_ns() + (int64_t)bytes * SLOW_LINK_BYTE_NS;
  honest_download(device, source, offset, target, bytes);
  slow_until(end);
  return CHIPFIT_OK;
}
#endif
