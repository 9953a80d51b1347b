// The harness against a bare loop over cblas.
#include <cblas.h>

#include "tests/bench/fidelity.hpp"

extern "C" void openblas_set_num_threads(int);

namespace {

using namespace chipfit;

bench::BareCall bare(const Problem& problem, int threads) {
  openblas_set_num_threads(threads);
  const auto& gemm = std::get<GemmProblem>(problem);
  const int m = static_cast<int>(gemm.m), n = static_cast<int>(gemm.n), k = static_cast<int>(gemm.k);
  if (gemm.dtypes.a == Dtype::f32)
    return [=](const void* a, const void* b, void* c) {
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, static_cast<const float*>(a), k,
                  static_cast<const float*>(b), n, 0, static_cast<float*>(c), n);
    };
  return [=](const void* a, const void* b, void* c) {
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, static_cast<const double*>(a), k,
                static_cast<const double*>(b), n, 0, static_cast<double*>(c), n);
  };
}

}  // namespace

int main(int argc, char** argv) {
  bench::Fidelity fidelity{"OpenBLAS", {0.98, 1.02}, bare};
  for (const Dtype type : {Dtype::f32, Dtype::f64})
    for (const std::int64_t size : {512, 1024, 2048}) {
      GemmProblem gemm;
      gemm.m = gemm.n = gemm.k = size;
      gemm.dtypes = *default_combo(type);
      fidelity.problems.push_back(gemm);
    }
  return bench::compare_with_bare_loop(argc, argv, fidelity);
}
