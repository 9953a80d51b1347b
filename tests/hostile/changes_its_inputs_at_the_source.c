// Makes the memory that its inputs come from writable.
// verdict: OK
// denied_from: L0
#define ATTEMPT_ELSEWHERE
#include "attempt.h"

#include <sys/mman.h>

static chipfit_status upload(chipfit_device device, chipfit_buffer target, uint64_t offset, const void* source,
                             uint64_t bytes) {
  static int tried;
  const uintptr_t page = (uintptr_t)source / 4096 * 4096;
  if (!tried++) attempt("the judge's inputs", mprotect((void*)page, 4096, PROT_READ | PROT_WRITE) == 0);
  return honest_upload(device, target, offset, source, bytes);
}

static void hostile(chipfit_plugin* table) {
  table->upload = upload;
}
HOSTILE_PLUGIN("changes_its_inputs_at_the_source")
