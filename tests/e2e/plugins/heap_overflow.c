/* Right, but it copies two bytes too many into a block of its own: only a sanitizer sees it. */
#include "tests/hostile/honest.h"

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  static const char source[32] = "a text that is longer than this";
  volatile size_t bytes = 20; /* malloc rounds up to 24 */
  char* block = malloc(bytes);
  if (block == NULL) return CHIPFIT_OUT_OF_MEMORY;
  memcpy(block, source, bytes + 2);
  free(block);
  return honest_enqueue(device, kernel, in, in_count, out);
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("heap_overflow")
