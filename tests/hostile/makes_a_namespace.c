// Makes a user namespace, in which it is root.
// verdict: OK
// denied_from: L1
#include "attempt.h"

#include <sched.h>

static void tries(void) {
  const int made = unshare(CLONE_NEWUSER);
  attempt("a user namespace", made == 0);
  attempt("a mount namespace", unshare(CLONE_NEWNS) == 0);
}
HOSTILE_PLUGIN("makes_a_namespace")
