// Native GEMM against OpenBLAS in one process, in turn on the same data: figures to develop by.
//   bench_native_gemm [threads] [shape MxNxK[tn]...]     t: transposed A or B, as NT
#include <cblas.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <ctime>
#include <string>

#include "kernels/cpu/gemm.hpp"
#include "kernels/cpu/peak.hpp"
#include "kernels/cpu/skinny_gemm.hpp"
#include "kernels/cpu/tune.hpp"
#include "kernels/oracle/fill.hpp"

using namespace chipfit;

// One thread is timed by its own processor time: what others do on the machine does not count.
static double now_s(int threads) {
  timespec t{};
  ::clock_gettime(threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 1;
  cpu::ThreadTeam team(threads);
  openblas_set_num_threads(threads);
  const Dtype type = std::getenv("DTYPE") ? *parse_dtype(std::getenv("DTYPE")) : Dtype::f32;
  const auto e = [](const char* name, long long other) {
    return std::getenv(name) ? std::atoll(std::getenv(name)) : other;
  };
  fmt::print("read {:.1f} GB/s\n", cpu::measure_read_bandwidth(threads, 64 << 20, 0.3) / 1e9);
  fmt::print("peak {:.1f}\n", cpu::measure_peak(type, threads, 0.2).flop_per_s / 1e9);
  for (int i = 2; i < argc; ++i) {
    long long m = 0, n = 0, k = 0;
    char ta = 'N', tb = 'N';
    std::sscanf(argv[i], "%lldx%lldx%lld%c%c", &m, &n, &k, &ta, &tb);
    GemmProblem p;
    p.m = m, p.n = n, p.k = k, p.dtypes = *default_combo(type);
    p.trans_a = ta == 'T' ? Transpose::yes : Transpose::no, p.trans_b = tb == 'T' ? Transpose::yes : Transpose::no;
    auto plan = *cpu::plan_gemm(p, team.size(), std::getenv("ISA") ? std::getenv("ISA") : "");
    plan.blocking.kc = e("KC", plan.blocking.kc), plan.blocking.mc = e("MC", plan.blocking.mc),
    plan.blocking.nc = e("NC", plan.blocking.nc);
    cpu::TunedPlans tuned;
    if (e("TUNE", 0)) plan = tuned.tuned(plan, team, 1e-3 * static_cast<double>(e("TUNE", 0)));
    if (e("AIN", 0)) plan.a = cpu::Reading::in_place;
    if (e("BIN", 0)) plan.b = cpu::Reading::in_place;
    auto gemm = *cpu::Gemm::make(plan, team, e("PRE", 0) ? cpu::Weights::prepacked : cpu::Weights::fresh);
    const auto fill = [](Dtype t, std::int64_t count) {
      cpu::HugeMemory data(static_cast<std::size_t>(count * info(t).bytes));
      oracle::fill_uniform(t, data.data(), count, {1, static_cast<std::uint64_t>(count)});
      return data;
    };
    const auto a = fill(p.dtypes.a, m * k), b = fill(p.dtypes.b, k * n);
    auto c = fill(p.dtypes.out, m * n), d = fill(p.dtypes.out, m * n);
    auto skinny = cpu::SkinnyGemm::make(p, team, std::getenv("ISA") ? std::getenv("ISA") : "");
    const bool streamed = skinny && !e("PACKED", 0);
    const auto ours = [&] {
      if (streamed)
        skinny->run(a.data(), b.data(), c.data());
      else
        gemm.run(a.data(), b.data(), c.data());
    };
    const auto theirs = [&] {
      const auto oa = ta == 'T' ? CblasTrans : CblasNoTrans, ob = tb == 'T' ? CblasTrans : CblasNoTrans;
      const auto lda = static_cast<blasint>(ta == 'T' ? m : k), ldb = static_cast<blasint>(tb == 'T' ? k : n);
      if (type == Dtype::f32)
        cblas_sgemm(CblasRowMajor, oa, ob, static_cast<blasint>(m), static_cast<blasint>(n), static_cast<blasint>(k), 1,
                    reinterpret_cast<const float*>(a.data()), lda, reinterpret_cast<const float*>(b.data()), ldb, 0,
                    reinterpret_cast<float*>(d.data()), static_cast<blasint>(n));
      if (type == Dtype::f64)
        cblas_dgemm(CblasRowMajor, oa, ob, static_cast<blasint>(m), static_cast<blasint>(n), static_cast<blasint>(k), 1,
                    reinterpret_cast<const double*>(a.data()), lda, reinterpret_cast<const double*>(b.data()), ldb, 0,
                    reinterpret_cast<double*>(d.data()), static_cast<blasint>(n));
    };
    ours(), theirs();
    const double flops = 2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
    double mine = 1e9, other = 1e9;
    const int reps = std::clamp(static_cast<int>(1e11 * threads / flops), 4, 2000);
    for (int r = 0; r < reps; ++r) {
      const double t0 = now_s(threads);
      ours();
      const double t1 = now_s(threads);
      if (!e("ALONE", 0)) theirs();
      const double t2 = now_s(threads);
      mine = std::min(mine, t1 - t0), other = std::min(other, t2 - t1);
    }
    double worst = 0;
    if (type == Dtype::f32)
      for (std::size_t j = 0; j < c.bytes() / 4; ++j)
        worst = std::max(worst, static_cast<double>(std::abs(reinterpret_cast<float*>(c.data())[j] -
                                                             reinterpret_cast<float*>(d.data())[j])));
    fmt::print("{:20} {:8.1f} GFLOP/s   OpenBLAS {:8.1f}   ratio {:.3f}   diff {:.1e}  {}\n", argv[i],
               flops / mine / 1e9, flops / other / 1e9, other / mine, worst,
               streamed ? skinny->algorithm() : gemm.algorithm());
    if (streamed)
      fmt::print("{:20} {:8.1f} GB/s\n", "",
                 static_cast<double>(m * k * info(p.dtypes.a).bytes + n * k * info(p.dtypes.b).bytes) / mine / 1e9);
  }
}
