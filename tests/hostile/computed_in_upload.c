// Multiplies what is uploaded while it is uploaded, and only copies the result later.
// verdict: INCORRECT
#include "honest.h"

static unsigned char* newest[2];

static chipfit_status upload(chipfit_device device, chipfit_buffer target, uint64_t offset, const void* source,
                             uint64_t bytes) {
  honest_upload(device, target, offset, source, bytes);
  newest[0] = newest[1];
  newest[1] = target->data;
  return CHIPFIT_OK;
}
static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  (void)device, (void)in_count;
  honest_compute(kernel, (const float*)(void*)in[0].buffer->data, (const float*)(void*)in[1].buffer->data,
                 honest_at(out));
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue, table->upload = upload;
}
HOSTILE_PLUGIN("computed_in_upload")
