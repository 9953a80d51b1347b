// Overwrites clock_gettime of its process, so that every duration looks ten times shorter.
// verdict: CLOCK
#include "honest.h"

#include <dlfcn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int64_t real_ns(clockid_t clock) {
  struct timespec now;
  syscall(SYS_clock_gettime, clock, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int slow_clock(clockid_t clock, struct timespec* time) {
  static int64_t start[16];
  const int64_t now = real_ns(clock);
  int64_t* const from = &start[(unsigned)clock % 16];
  if (*from == 0) *from = now;
  const int64_t shown = *from + (now - *from) / 10;
  time->tv_sec = (time_t)(shown / 1000000000);
  time->tv_nsec = (long)(shown % 1000000000);
  return 0;
}

static chipfit_status open_device(uint32_t index, chipfit_device* device) {
  /* Jump to an absolute address that follows the instructions. */
#if defined(__x86_64__)
  const unsigned char jump[] = {0xff, 0x25, 0, 0, 0, 0}; /* jmp *0(%rip) */
#elif defined(__aarch64__)
  const unsigned char jump[] = {0x50, 0, 0, 0x58, 0, 0x02, 0x1f, 0xd6}; /* ldr x16, #8; br x16 */
#else
#error "write the jump for this architecture"
#endif
  int (*const target)(clockid_t, struct timespec*) = slow_clock;
  unsigned char* const code = (unsigned char*)dlsym(RTLD_DEFAULT, "clock_gettime");
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), first = (uintptr_t)code / page * page;
  if (mprotect((void*)first, 2 * page, PROT_READ | PROT_WRITE | PROT_EXEC) != 0) return CHIPFIT_INTERNAL;
  memcpy(code, jump, sizeof jump);
  memcpy(code + sizeof jump, &target, sizeof target);
  __builtin___clear_cache((char*)code, (char*)code + 32);
  return honest_open(index, device);
}

static void hostile(chipfit_plugin* table) {
  table->open = open_device;
}
HOSTILE_PLUGIN("patched_clock")
