// Opens device nodes that its manifest does not name.
// verdict: OK
// denied_from: L1+Landlock
#include "attempt.h"

#include <fcntl.h>

static void tries(void) {
  const char* const nodes[] = {"/dev/kmsg", "/dev/mem",          "/dev/kvm",  "/dev/vda",
                               "/dev/sda",  "/dev/loop-control", "/dev/fuse", "/dev/net/tun"};
  for (size_t i = 0; i < sizeof nodes / sizeof *nodes; ++i) {
    const int fd = open(nodes[i], O_RDONLY);
    attempt(nodes[i], fd >= 0);
    if (fd >= 0) close(fd);
  }
}
HOSTILE_PLUGIN("opens_other_devices")
