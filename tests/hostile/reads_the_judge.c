// Reads the memory of the judge.
// verdict: OK
// denied_from: L1
#include "attempt.h"

#include <fcntl.h>
#include <sys/uio.h>

static void tries(void) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/mem", (int)attempt_judge());
  const int fd = open(path, O_RDWR);
  attempt("memory of the judge as a file", fd >= 0);
  if (fd >= 0) close(fd);
  char byte = 0;
  struct iovec here = {&byte, 1}, there = {(void*)&byte, 1};
  const ssize_t got = process_vm_readv(attempt_judge(), &here, 1, &there, 1, 0);
  attempt("memory of the judge by process_vm_readv", got >= 0 || errno == EFAULT);
}
HOSTILE_PLUGIN("reads_the_judge")
