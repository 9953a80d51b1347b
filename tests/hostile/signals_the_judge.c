// Sends a signal to the judge.
// verdict: OK
// denied_from: L1
#include "attempt.h"

#include <signal.h>

static void tries(void) {
  /* Number 0 asks for the permission and sends nothing. */
  attempt("the judge by kill", kill(attempt_judge(), 0) == 0);
  attempt("everybody by kill", kill(-1, 0) == 0);
}
HOSTILE_PLUGIN("signals_the_judge")
