// Computes all images of a convolution but the last.
// verdict: INCORRECT|NOT_WRITTEN
// case: conv_fwd:f32:nchw:n4c8h14w14:k16r3s3:p1x1
#include "honest.h"

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  chipfit_conv_shape* f = &kernel->problem.shape.conv;
  if (kernel->problem.op != CHIPFIT_CONV_FWD) return honest_enqueue(device, kernel, in, in_count, out);
  const int64_t all = kernel->elements[2];
  kernel->elements[2] -= all / f->n;
  --f->n;
  honest_enqueue(device, kernel, in, in_count, out);
  ++f->n;
  kernel->elements[2] = all;
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("conv_last_image_missing")
