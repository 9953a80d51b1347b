// Reads files of the user and of the system that no computation needs.
// verdict: OK
// denied_from: L1+Landlock
#include "attempt.h"

#include <fcntl.h>

static void tries(void) {
  const char* const files[] = {"/etc/passwd", "/etc/hostname", "/etc/shadow", "/root/.bashrc", "/var/log/dpkg.log"};
  for (size_t i = 0; i < sizeof files / sizeof *files; ++i) {
    const int fd = open(files[i], O_RDONLY);
    attempt(files[i], fd >= 0);
    if (fd >= 0) close(fd);
  }
}
HOSTILE_PLUGIN("reads_files")
