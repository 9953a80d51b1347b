// What a check costs beside the work it checks: check time, OpenBLAS time of the same product and their ratio, on one
// thread and in one run. Types without a product in OpenBLAS are held to the f32 product of the same shape.
#include <benchmark/benchmark.h>
#include <cblas.h>
#include <time.h>

#include <algorithm>
#include <string>
#include <vector>

#include "kernels/oracle/elementwise.hpp"
#include "kernels/oracle/reference.hpp"
#include "kernels/problem/case_id.hpp"

namespace {

using namespace chipfit;
using namespace chipfit::oracle;

/// Processor time of this thread, so that other work on the machine does not blur the ratio.
double seconds(const auto& work) {
  const auto now = [] {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
  };
  const double start = now();
  work();
  return now() - start;
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

/// The GEMM that does the work of a problem: its own shape, or the im2col product of a convolution.
struct Product {
  blasint m, n, k;
  bool f64;
  CBLAS_TRANSPOSE ta = CblasNoTrans, tb = CblasNoTrans;
  std::vector<double> storage_a, storage_b, storage_c;

  explicit Product(const Problem& problem) : f64(dtypes(problem).a == Dtype::f64) {
    if (const auto* g = std::get_if<GemmProblem>(&problem)) {
      m = static_cast<blasint>(g->m), n = static_cast<blasint>(g->n), k = static_cast<blasint>(g->k);
      if (g->trans_a == Transpose::yes) ta = CblasTrans;
      if (g->trans_b == Transpose::yes) tb = CblasTrans;
    } else {
      const auto& c = std::get<ConvProblem>(problem);
      m = static_cast<blasint>(c.n * c.p() * c.q()), n = static_cast<blasint>(c.k);
      k = static_cast<blasint>(c.c * c.r * c.s);
    }
    const auto numbers = [&](blasint rows, blasint cols) {
      return (static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols) * (f64 ? 8 : 4) + 7) / 8;
    };
    storage_a.resize(numbers(m, k));
    storage_b.resize(numbers(k, n));
    storage_c.resize(numbers(m, n));
    const Dtype type = f64 ? Dtype::f64 : Dtype::f32;
    fill_uniform(type, storage_a.data(), std::int64_t{m} * k, {1, 2});
    fill_uniform(type, storage_b.data(), std::int64_t{k} * n, {3, 4});
  }
  void run(const void* a, const void* b, void* c) const {
    const blasint lda = ta == CblasTrans ? m : k, ldb = tb == CblasTrans ? k : n;
    if (f64) {
      cblas_dgemm(CblasRowMajor, ta, tb, m, n, k, 1, static_cast<const double*>(a), lda, static_cast<const double*>(b),
                  ldb, 0, static_cast<double*>(c), n);
    } else {
      cblas_sgemm(CblasRowMajor, ta, tb, m, n, k, 1, static_cast<const float*>(a), lda, static_cast<const float*>(b),
                  ldb, 0, static_cast<float*>(c), n);
    }
  }
  void run() { run(storage_a.data(), storage_b.data(), storage_c.data()); }
};

enum class Check { exact, grade, elementwise };

std::string_view name(Check which) {
  return which == Check::exact ? "exact" : which == Check::grade ? "grade" : "elementwise";
}

struct Outcome {
  Finding finding;
  std::string reason, label;
};
Outcome judge(const Claim& claim, Check which) {
  if (which == Check::elementwise) {
    const Elementwise seen = check_elementwise(claim, secret_seed(), 1);
    return {seen.finding, seen.reason, std::to_string(seen.positions) + " positions"};
  }
  const Report report =
      which == Check::exact ? check_exact(claim, secret_seed(), 1) : check_grade(claim, secret_seed(), 1);
  return {report.finding, report.reason, std::string(report.method)};
}

void check_cost(benchmark::State& state, const std::string& id, Check which) {
  openblas_set_num_threads(1);
  const Problem problem = *parse_case_id(id);
  const Operands all = operands(problem);
  std::vector<char> in[2], out(static_cast<std::size_t>(all.out.bytes()));
  const ExactPlan plan = exact_plan(problem);
  for (int i = 0; i < 2; ++i) {
    const auto at = static_cast<std::size_t>(i);
    in[i].resize(static_cast<std::size_t>(all.in[at].bytes()));
    if (which == Check::exact) {
      fill_exact(all.in[at].dtype, in[i].data(), all.in[at].elements, plan.in[i], Seed{5, at});
    } else {
      fill_uniform(all.in[at].dtype, in[i].data(), all.in[at].elements, Seed{5, at});
    }
  }
  Product product(problem);
  const bool blas_gives_result = std::holds_alternative<GemmProblem>(problem) &&
                                 (all.out.dtype == Dtype::f32 || all.out.dtype == Dtype::f64) &&
                                 all.in[0].dtype == all.out.dtype;
  if (blas_gives_result) {
    product.run(in[0].data(), in[1].data(), out.data());
  } else {
    reference(problem, in[0].data(), in[1].data(), out.data(), 2);
  }

  const Inputs inputs{in[0].data(), in[1].data()};
  const Claim claim{problem, {&inputs, 1}, nullptr, out.data()};
  std::vector<double> check_s, product_s;
  product.run();
  for (auto unused : state) {
    (void)unused;
    product_s.push_back(seconds([&] { product.run(); }));
    Outcome outcome;
    check_s.push_back(seconds([&] { outcome = judge(claim, which); }));
    state.SetIterationTime(check_s.back());
    if (outcome.finding != Finding::ok) {
      state.SkipWithError(outcome.reason.c_str());
      return;
    }
    state.SetLabel(outcome.label);
  }
  state.counters["check_ms"] = 1e3 * median(check_s);
  state.counters["openblas_ms"] = 1e3 * median(product_s);
  state.counters["ratio"] = median(check_s) / median(product_s);
}

void fill_rate(benchmark::State& state, Dtype dtype) {
  const std::int64_t elements = std::int64_t{1} << 24;
  std::vector<char> data(static_cast<std::size_t>(elements * info(dtype).bytes));
  for (auto unused : state) {
    (void)unused;
    fill_uniform(dtype, data.data(), elements, {7, 8});
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * elements * info(dtype).bytes);
}

void reference_rate(benchmark::State& state, const std::string& id) {
  const Problem problem = *parse_case_id(id);
  const Operands all = operands(problem);
  std::vector<char> a(static_cast<std::size_t>(all.in[0].bytes())), b(static_cast<std::size_t>(all.in[1].bytes()));
  std::vector<char> out(static_cast<std::size_t>(all.out.bytes()));
  fill_uniform(all.in[0].dtype, a.data(), all.in[0].elements, {1, 2});
  fill_uniform(all.in[1].dtype, b.data(), all.in[1].elements, {3, 4});
  for (auto unused : state) {
    (void)unused;
    reference(problem, a.data(), b.data(), out.data(), 1);
  }
  state.counters["flop_per_s"] =
      benchmark::Counter(static_cast<double>(flop(problem)), benchmark::Counter::kIsIterationInvariantRate);
}

}  // namespace

int main(int argc, char** argv) {
  for (const char* id :
       {"gemm:f32:NN:2048x2048x2048", "gemm:f32:TT:2048x2048x2048", "gemm:f64:NN:2048x2048x2048",
        "gemm:f16:NN:2048x2048x2048", "gemm:bf16:NN:2048x2048x2048", "gemm:i8:NN:2048x2048x2048",
        "conv_fwd:f32:nchw:n16c64h56w56:k64r3s3:p1x1", "conv_fwd:f32:nhwc:n16c64h56w56:k64r3s3:p1x1",
        "conv_bwd_data:f32:nhwc:n16c64h56w56:k64r3s3:p1x1", "conv_bwd_weights:f32:nhwc:n16c64h56w56:k64r3s3:p1x1",
        "conv_bwd_weights:f32:nchw:n16c64h56w56:k64r3s3:p1x1", "conv_fwd:f64:nhwc:n16c64h56w56:k64r3s3:p1x1",
        "conv_fwd:f32:nhwc:n32c512h7w7:k512r3s3:p1x1"}) {
    for (const Check which : {Check::exact, Check::grade, Check::elementwise}) {
      const std::string title = std::string(name(which)) + "/" + id;
      benchmark::RegisterBenchmark(title.c_str(), check_cost, std::string(id), which)
          ->UseManualTime()
          ->Iterations(9)
          ->Unit(benchmark::kMillisecond);
    }
  }
  for (const DtypeInfo& type : all_dtypes()) {
    benchmark::RegisterBenchmark(("fill_uniform/" + std::string(type.name)).c_str(), fill_rate, type.id);
  }
  for (const char* id :
       {"gemm:f32:NN:512x512x512", "gemm:f32:TT:512x512x512", "conv_fwd:f32:nhwc:n1c64h56w56:k64r3s3:p1x1",
        "conv_bwd_data:f32:nhwc:n1c64h56w56:k64r3s3:p1x1", "conv_bwd_weights:f32:nhwc:n1c64h56w56:k64r3s3:p1x1"}) {
    benchmark::RegisterBenchmark((std::string("reference/") + id).c_str(), reference_rate, std::string(id))
        ->Unit(benchmark::kMillisecond);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
}
