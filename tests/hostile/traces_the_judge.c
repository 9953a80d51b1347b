// Attaches to the judge as a debugger.
// verdict: OK
// denied_from: L1
#include "attempt.h"

#include <sys/ptrace.h>

static void tries(void) {
  const long seized = ptrace(PTRACE_SEIZE, attempt_judge(), NULL, NULL);
  if (seized == 0) ptrace(PTRACE_DETACH, attempt_judge(), NULL, NULL);
  attempt("the judge by ptrace", seized == 0);
}
HOSTILE_PLUGIN("traces_the_judge")
