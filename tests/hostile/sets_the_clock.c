// Sets the clock of the machine.
// verdict: OK
// denied_from: L1
#include "attempt.h"

#include <sys/syscall.h>
#include <time.h>

static void tries(void) {
  /* A time that no kernel takes: told so, one has reached the clock. */
  const struct timespec never = {0, 2000000000};
  const long failed = syscall(SYS_clock_settime, CLOCK_REALTIME, &never);
  attempt("the clock", failed == 0 || errno == EINVAL);
}
HOSTILE_PLUGIN("sets_the_clock")
