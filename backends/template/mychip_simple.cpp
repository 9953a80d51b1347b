// A complete chipfit plugin: one function on host pointers. Replace the loops with calls of your runtime.
#include <chipfit/chipfit_simple.hpp>

static chipfit::simple::Kernel prepare(const chipfit_problem& problem) {
  if (problem.op != CHIPFIT_GEMM || !chipfit::plugin::all_of_dtype(problem, CHIPFIT_F32))
    chipfit::plugin::unsupported("mychip computes GEMM in f32 only");
  return [s = problem.shape.gemm, add = problem.accumulate != 0](const void* in0, const void* in1, void* out) {
    const auto *a = static_cast<const float*>(in0), *b = static_cast<const float*>(in1);
    auto* c = static_cast<float*>(out);
    for (std::int64_t i = 0; i < s.batch; ++i, a += s.m * s.k, b += s.k * s.n, c += s.m * s.n)
      for (std::int64_t m = 0; m < s.m; ++m)
        for (std::int64_t n = 0; n < s.n; ++n) {
          float sum = add ? c[m * s.n + n] : 0;
          for (std::int64_t k = 0; k < s.k; ++k)
            sum += a[s.trans_a ? k * s.m + m : m * s.k + k] * b[s.trans_b ? n * s.k + k : k * s.n + n];
          c[m * s.n + n] = sum;
        }
  };
}

CHIPFIT_SIMPLE_PLUGIN("mychip", "1.0", prepare)
