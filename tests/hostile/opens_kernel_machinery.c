// Asks for io_uring, performance counters and BPF.
// verdict: OK
// denied_from: L1
#include "attempt.h"

#include <sys/syscall.h>

static void tries(void) {
  const long ring = syscall(SYS_io_uring_setup, 0, NULL);
  attempt("io_uring", ring >= 0 || errno == EFAULT || errno == EINVAL);
  const long counter = syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0);
  attempt("performance counters", counter >= 0 || errno == EFAULT);
  const long program = syscall(SYS_bpf, 0, NULL, 0);
  attempt("bpf", program >= 0 || errno == EINVAL || errno == EFAULT);
}
HOSTILE_PLUGIN("opens_kernel_machinery")
