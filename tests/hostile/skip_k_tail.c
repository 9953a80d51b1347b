// Leaves out the last sixteenth of every sum.
// verdict: INCORRECT
#include "honest.h"

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  (void)device, (void)in_count;
  /* Zeros in the second input are products left out: whole rows of B, taps of W, pixels of dY. */
  const chipfit_problem* p = &kernel->problem;
  float* b = honest_copy(honest_at(in[1]), kernel->elements[1]);
  if (!b) return CHIPFIT_OUT_OF_MEMORY;
  int64_t sum = kernel->elements[1], stride = 1;
  if (p->op == CHIPFIT_GEMM) {
    sum = p->shape.gemm.k;
    stride = p->shape.gemm.trans_b ? 1 : p->shape.gemm.n;
  } else if (p->op != CHIPFIT_CONV_BWD_WEIGHTS) {
    sum = kernel->elements[1] / p->shape.conv.k;
  }
  const int64_t kept = honest_min(sum - 1, sum - sum / 16);
  for (int64_t i = 0; i < kernel->elements[1]; ++i)
    if (i / stride % sum >= kept) b[i] = 0;
  honest_compute(kernel, honest_at(in[0]), b, honest_at(out));
  free(b);
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("skip_k_tail")
