/* For plugins that compute honestly and try, once, to reach what is not theirs. The log says what came of it: REACHED
 * or DENIED. The first lines of such a plugin hold `// denied_from: L1`: from that level on it must be DENIED. */
#ifndef CHIPFIT_TESTS_HOSTILE_ATTEMPT_H
#define CHIPFIT_TESTS_HOSTILE_ATTEMPT_H
#include "honest.h"

#include <errno.h>
#include <unistd.h>

static inline void attempt(const char* what, int reached) {
  char line[256];
  snprintf(line, sizeof line, "%s %s (%s)", reached ? "REACHED" : "DENIED", what, reached ? "done" : strerror(errno));
  honest_host->log(line);
}

/* The parent: the judge itself or, in a namespace, process 1, which keeps the worker for the judge. */
static inline pid_t attempt_judge(void) {
  return getppid();
}

#ifndef ATTEMPT_ELSEWHERE
/* `static void tries(void)` is called when the device is opened. */
static void tries(void);
static inline chipfit_status attempt_open(uint32_t index, chipfit_device* device) {
  tries();
  return honest_open(index, device);
}
static void hostile(chipfit_plugin* table) {
  table->open = attempt_open;
}
#endif
#endif
