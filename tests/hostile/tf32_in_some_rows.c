// Multiplies tf32 in every tenth row of the result.
// verdict: INCORRECT|PRECISION|SPARSE_ERROR
#include "honest.h"

/* Rounds the operands to tf32 for every tenth row of the result. */
static void some_rows(chipfit_kernel kernel, const chipfit_view* in, chipfit_view out) {
  const chipfit_gemm_shape s = kernel->problem.shape.gemm;
  chipfit_kernel row = (chipfit_kernel)calloc(1, sizeof *row);
  for (int64_t m = 0; kernel->problem.op == CHIPFIT_GEMM && row && m < s.m; m += 10) {
    *row = *kernel;
    row->problem.shape.gemm.m = row->problem.shape.gemm.batch = 1;
    row->elements[0] = s.k;
    row->elements[1] = s.k * s.n;
    row->elements[2] = s.n;
    const chipfit_view a = {in[0].buffer, in[0].offset + (uint64_t)(m * s.k) * sizeof(float)};
    const chipfit_view inputs[2] = {a, in[1]};
    const chipfit_view c = {out.buffer, out.offset + (uint64_t)(m * s.n) * sizeof(float)};
    if (!s.trans_a && !kernel->problem.accumulate) honest_enqueue_rounded(row, inputs, c, 13);
  }
  free(row);
}

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  honest_enqueue(device, kernel, in, in_count, out);
  some_rows(kernel, in, out);
  return CHIPFIT_OK;
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("tf32_in_some_rows")
