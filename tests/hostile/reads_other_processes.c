// Reads the environment of every process that it can see.
// verdict: OK
// denied_from: L1+Landlock
#include "attempt.h"

#include <fcntl.h>

static void tries(void) {
  int seen = 0;
  for (int pid = 1; pid < 100000; ++pid) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/environ", pid);
    if (pid == getpid()) continue;
    const int fd = open(path, O_RDONLY);
    char byte;
    if (fd >= 0) seen += read(fd, &byte, 1) == 1;
    if (fd >= 0) close(fd);
  }
  errno = EACCES;
  attempt("the environment of another process", seen > 0);
}
HOSTILE_PLUGIN("reads_other_processes")
