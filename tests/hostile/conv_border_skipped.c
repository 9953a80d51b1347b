// Leaves the borders of an image out of a convolution.
// verdict: INCORRECT
// case: conv_fwd:f32:nchw:n2c8h14w14:k16r3s3:p1x1
#include "honest.h"

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  honest_enqueue(device, kernel, in, in_count, out);
  if (kernel->problem.op != CHIPFIT_CONV_FWD) return CHIPFIT_OK;
  const chipfit_conv_shape* f = &kernel->problem.shape.conv;
  const int last = kernel->problem.layout == CHIPFIT_NHWC;
  for (int64_t q = 0; q < f->q; ++q) honest_at(out)[honest_index(last, 0, 0, 0, q, f->k, f->p, f->q)] = 0;
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("conv_border_skipped")
