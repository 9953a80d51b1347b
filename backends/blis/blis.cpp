// BLIS as a plugin: the second CPU library for GEMM. One call for each matrix of a batch. Every math mode of f32 is
// computed in f32: a mode is a floor.
#include <blis.h>
#include <chipfit/chipfit_simple.hpp>

#include <cstdlib>

namespace {

using chipfit::plugin::unsupported;

/// Starts the library. BLIS 0.9 recognises processors by family and takes portable C code on those it does not know;
/// all of AMD's with AVX-512 are newer than it.
void start() {
  static const bool started = [] {
#if defined(__x86_64__)
    if (__builtin_cpu_is("amd") && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
      setenv("BLIS_ARCH_TYPE", std::to_string(BLIS_ARCH_SKX).c_str(), 0);
#endif
    bli_init();
    return true;
  }();
  static_cast<void>(started);
}

/// C = A·B + beta·C with strides of rows and columns.
void gemm(const chipfit_gemm_shape& s, const float* a, const float* b, float beta, float* c) {
  float one = 1;
  bli_sgemm(BLIS_NO_TRANSPOSE, BLIS_NO_TRANSPOSE, s.m, s.n, s.k, &one, const_cast<float*>(a), s.trans_a ? 1 : s.k,
            s.trans_a ? s.m : 1, const_cast<float*>(b), s.trans_b ? 1 : s.n, s.trans_b ? s.k : 1, &beta, c, s.n, 1);
}
void gemm(const chipfit_gemm_shape& s, const double* a, const double* b, double beta, double* c) {
  double one = 1;
  bli_dgemm(BLIS_NO_TRANSPOSE, BLIS_NO_TRANSPOSE, s.m, s.n, s.k, &one, const_cast<double*>(a), s.trans_a ? 1 : s.k,
            s.trans_a ? s.m : 1, const_cast<double*>(b), s.trans_b ? 1 : s.n, s.trans_b ? s.k : 1, &beta, c, s.n, 1);
}

template <class T>
chipfit::simple::Kernel prepare_gemm(const chipfit_problem& problem, const char* name) {
  return {[s = problem.shape.gemm, beta = problem.accumulate ? T{1} : T{0}](const void* a, const void* b, void* c) {
            for (std::int64_t i = 0; i < s.batch; ++i)
              gemm(s, static_cast<const T*>(a) + i * s.m * s.k, static_cast<const T*>(b) + i * s.k * s.n, beta,
                   static_cast<T*>(c) + i * s.m * s.n);
          },
          name};
}

chipfit::simple::Kernel prepare(const chipfit_problem& problem) {
  if (problem.op != CHIPFIT_GEMM) unsupported("BLIS computes GEMM only");
  const bool f32 = chipfit::plugin::all_of_dtype(problem, CHIPFIT_F32);
  if (!f32 && !chipfit::plugin::all_of_dtype(problem, CHIPFIT_F64)) unsupported("BLIS multiplies f32 and f64 only");
  if (problem.accumulate > 1) unsupported("accumulate is 0 or 1");
  start();
  bli_thread_set_num_threads(chipfit::plugin::compute_threads());
  return f32 ? prepare_gemm<float>(problem, "sgemm") : prepare_gemm<double>(problem, "dgemm");
}

/// "BLIS 0.9.0 (skx)": the version of the library that was loaded, and the kernels it uses here.
const std::string& library() {
  static const std::string text = [] {
    start();
    return std::string("BLIS ") + bli_info_get_version_str() + " (" + bli_arch_string(bli_arch_query_id()) + ")";
  }();
  return text;
}

void describe(chipfit_device_info& info) {
  chipfit::plugin::describe_host_cpu(info, library());
}

const char* version() {
  static const std::string text = "1.0 (" + library() + ")";
  return text.c_str();
}

}  // namespace

CHIPFIT_SIMPLE_PLUGIN_DESCRIBED("blis", version(), prepare, describe)
