// Leaves the process group that the judge would kill.
// verdict: OK
// denied_from: L1
// note: at L0 such a process lives on until it ends by itself
#include "attempt.h"

static void tries(void) {
  const pid_t child = fork();
  if (child == 0) {
    setsid();
    for (int s = 0; s < 120; ++s) sleep(1);
    _exit(0);
  }
  attempt("a process in a session of its own", child > 0);
}
HOSTILE_PLUGIN("leaves_its_group")
