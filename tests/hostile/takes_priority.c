// Gives itself the highest priority of the machine.
// verdict: OK
// denied_from: L1
#include "attempt.h"

#include <sched.h>
#include <sys/resource.h>

static void tries(void) {
  attempt("a higher priority", setpriority(PRIO_PROCESS, 0, -20) == 0);
  struct sched_param most = {.sched_priority = 1};
  attempt("real-time scheduling", sched_setscheduler(0, SCHED_FIFO, &most) == 0);
  most.sched_priority = 0;
  sched_setscheduler(0, SCHED_OTHER, &most);
}
HOSTILE_PLUGIN("takes_priority")
