// Starts a program.
// verdict: OK
// denied_from: L1
#include "attempt.h"

#include <sys/wait.h>

static void tries(void) {
  const pid_t child = fork();
  if (child == 0) {
    execl("/bin/true", "true", (char*)NULL);
    _exit(1);
  }
  int status = 1;
  if (child > 0) waitpid(child, &status, 0);
  attempt("another program", child > 0 && status == 0);
}
HOSTILE_PLUGIN("starts_a_program")
