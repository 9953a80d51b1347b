// OpenBLAS as a plugin: the CPU library that a new chip is measured against. GEMM is one cblas call (one for each
// matrix of a batch), convolution is im2col and GEMM. Every math mode of f32 is computed in f32: a mode is a floor.
#include <chipfit/chipfit_simple.hpp>

#include "backends/openblas/conv.hpp"
#include "backends/openblas/gemm.hpp"

namespace {

using chipfit::plugin::unsupported;

template <class T>
chipfit::simple::Kernel prepare_gemm(const chipfit_problem& problem) {
  const chipfit_gemm_shape s = problem.shape.gemm;
  for (const std::int64_t extent : {s.m, s.n, s.k})
    if (!openblas::fits_blas(extent)) unsupported("an extent does not fit OpenBLAS's 32-bit integers");
  const auto ta = s.trans_a ? CblasTrans : CblasNoTrans, tb = s.trans_b ? CblasTrans : CblasNoTrans;
  const std::int64_t lda = s.trans_a ? s.m : s.k, ldb = s.trans_b ? s.k : s.n;
  const T beta = problem.accumulate ? T{1} : T{0};
  return {[=](const void* a, const void* b, void* c) {
            for (std::int64_t i = 0; i < s.batch; ++i)
              openblas::gemm(ta, tb, s.m, s.n, s.k, {static_cast<const T*>(a) + i * s.m * s.k, lda},
                             {static_cast<const T*>(b) + i * s.k * s.n, ldb}, beta,
                             {static_cast<T*>(c) + i * s.m * s.n, s.n});
          },
          sizeof(T) == 8 ? "dgemm" : "sgemm"};
}

chipfit::simple::Kernel prepare(const chipfit_problem& problem) {
  const bool f32 = chipfit::plugin::all_of_dtype(problem, CHIPFIT_F32);
  if (!f32 && !chipfit::plugin::all_of_dtype(problem, CHIPFIT_F64)) unsupported("OpenBLAS multiplies f32 and f64 only");
  if (problem.accumulate > 1) unsupported("accumulate is 0 or 1");
  // The harness owns the machine: never more threads than it allows, whatever the environment says.
  openblas_set_num_threads(static_cast<int>(chipfit::plugin::compute_threads()));
  switch (problem.op) {
    case CHIPFIT_GEMM:
      return f32 ? prepare_gemm<float>(problem) : prepare_gemm<double>(problem);
    case CHIPFIT_CONV_FWD:
    case CHIPFIT_CONV_BWD_DATA:
    case CHIPFIT_CONV_BWD_WEIGHTS:
      if (problem.layout != CHIPFIT_NCHW && problem.layout != CHIPFIT_NHWC) unsupported("layout is NCHW or NHWC");
      return f32 ? openblas::prepare_conv<float>(problem) : openblas::prepare_conv<double>(problem);
    default:
      unsupported("OpenBLAS computes GEMM and convolution only");
  }
}

/// "OpenBLAS 0.3.21 (SkylakeX)": the version of the library that was loaded, and the kernels it chose for this CPU.
const std::string& library() {
  static const std::string text = [] {
    const std::string config = openblas_get_config();  // "OpenBLAS 0.3.21 NO_AFFINITY …"
    const std::size_t name = config.find(' ');
    return config.substr(0, config.find(' ', name + 1)) + " (" + openblas_get_corename() + ")";
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

CHIPFIT_SIMPLE_PLUGIN_DESCRIBED("openblas", version(), prepare, describe)
