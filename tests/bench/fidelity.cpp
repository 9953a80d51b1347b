// Does the harness report the rate that a bare loop reaches? OpenBLAS through an isolated worker on one side, cblas
// called in this process on the other: the same data, the same pool and ring sizes, secret views on both sides, rounds
// in ABBA order. And what isolation costs: the same rounds in a worker process and on a thread of this one.
//   bench_fidelity PLUGIN.so WORKER [pairs]
#include <cblas.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <vector>

#include "harness/judge/session.hpp"
#include "harness/stats/median_ci.hpp"
#include "harness/telemetry/machine.hpp"
#include "kernels/oracle/fill.hpp"
#include "kernels/problem/case_id.hpp"

extern "C" void openblas_set_num_threads(int);

namespace {

using namespace chipfit;
using judge::Session;

/// Memory as the openblas plugin takes it: aligned for huge pages.
std::byte* pages(std::uint64_t bytes) {
  const std::uint64_t huge = 2u << 20;
  const std::uint64_t size = (bytes + huge - 1) / huge * huge;
  void* at = std::aligned_alloc(huge, size);
  if (at == nullptr) std::abort();
  madvise(at, size, MADV_HUGEPAGE);
  std::memset(at, 0, size);
  return static_cast<std::byte*>(at);
}

template <class T>
T must(judge::CallResult<T> result) {
  if (!result) {
    fmt::print(stderr, "worker: {}\n", result.error().reason);
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// One problem on one session, and the judge's rounds on it.
struct Harness {
  std::unique_ptr<Session> session;
  judge::MemoryPlan plan;
  judge::KernelId kernel = 0;

  Harness(const judge::WorkerConfig& config, const GemmProblem& gemm) : session(must(Session::open(config, 0))) {
    const Problem problem = gemm;
    const auto machine = telemetry::describe_machine();
    plan = *judge::plan_memory(problem, {telemetry::available_memory_bytes(), 0, session->device().view_alignment,
                                         machine.last_level_cache_bytes});
    kernel = must(session->worker().prepare(problem)).kernel;
    must(session->arena().reserve(plan, operands(problem), judge::Secrets(oracle::secret_seed())));
  }

  void upload(const std::array<const std::byte*, 2>& data) {
    for (int i = 0; i < 2; ++i) {
      std::memcpy(session->arena().pool(i), data[static_cast<std::size_t>(i)], plan.pool[static_cast<std::size_t>(i)]);
      must(session->arena().upload(i, plan.pool[static_cast<std::size_t>(i)]));
    }
    for (int slot = 0; slot < plan.ring; ++slot) must(session->arena().poison(slot));
  }

  double round(int count) {
    std::vector<judge::EnqueueEntry> entries;
    for (int i = 0; i < count; ++i)
      entries.push_back(session->arena().entry(session->arena().draw(plan.pool), i % plan.ring));
    const auto times = must(session->worker().run(kernel, entries, 600));
    return (times.synced_s - times.revealed_s) / count;
  }
};

/// The same rounds as a loop over cblas.
struct BareLoop {
  GemmProblem gemm;
  judge::MemoryPlan plan;
  std::array<std::byte*, 2> pool;
  std::vector<std::byte*> ring;

  BareLoop(const GemmProblem& problem, const judge::MemoryPlan& memory) : gemm(problem), plan(memory) {
    for (std::size_t i = 0; i < 2; ++i) {
      pool[i] = pages(plan.pool[i]);
      const Dtype type = gemm.dtypes.a;
      oracle::fill_uniform(type, pool[i], static_cast<std::int64_t>(plan.pool[i]) / info(type).bytes,
                           oracle::secret_seed());
    }
    for (int slot = 0; slot < plan.ring; ++slot) ring.push_back(pages(plan.slot));
  }
  ~BareLoop() {
    for (auto* memory : pool) std::free(memory);
    for (auto* memory : ring) std::free(memory);
  }

  judge::Secrets secrets{oracle::secret_seed()};

  double round(int count) {
    std::vector<std::array<std::uint64_t, 2>> offsets(static_cast<std::size_t>(count));
    for (auto& offset : offsets)
      for (std::size_t i = 0; i < 2; ++i) offset[i] = secrets.below((plan.pool[i] - plan.operand[i]) / 64 + 1) * 64;
    const int m = static_cast<int>(gemm.m), n = static_cast<int>(gemm.n), k = static_cast<int>(gemm.k);
    const double begin = judge::now_s();
    for (int i = 0; i < count; ++i) {
      const auto& at = offsets[static_cast<std::size_t>(i)];
      void* out = ring[static_cast<std::size_t>(i % plan.ring)];
      if (gemm.dtypes.a == Dtype::f32)
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, reinterpret_cast<float*>(pool[0] + at[0]), k,
                    reinterpret_cast<float*>(pool[1] + at[1]), n, 0, static_cast<float*>(out), n);
      else
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, reinterpret_cast<double*>(pool[0] + at[0]),
                    k, reinterpret_cast<double*>(pool[1] + at[1]), n, 0, static_cast<double*>(out), n);
    }
    return (judge::now_s() - begin) / count;
  }
};

/// Ratios a/b of `pairs` pairs of rounds in ABBA order.
std::vector<double> abba(int pairs, const std::function<double()>& a, const std::function<double()>& b) {
  std::vector<double> ratios;
  for (int pair = 0; pair < pairs; ++pair) {
    double time_a = 0, time_b = 0;
    if (pair % 2 == 0) {
      time_a = a();
      time_b = b();
    } else {
      time_b = b();
      time_a = a();
    }
    ratios.push_back(time_a / time_b);
  }
  return ratios;
}

bool print(const char* what, const std::string& case_text, int threads, double flop_per_s,
           const std::vector<double>& ratios, double low, double high) {
  const auto ci = stats::median_ci(ratios, 0.05);
  const bool reached = ci.high >= low && ci.low <= high;
  fmt::print("{:<10} {:<30} {:>7} {:>9.1f} {:>6} {:>8.4f}  [{:.4f}, {:.4f}]  {}\n", what, case_text, threads,
             flop_per_s / 1e9, ratios.size(), ci.median, ci.low, ci.high, reached ? "reached" : "MISSED");
  std::fflush(stdout);
  return reached;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "usage: bench_fidelity PLUGIN.so WORKER [pairs]\n");
    return 2;
  }
  // The worker's environment is cleared; a bare loop under other switches would be another library.
  for (char** entry = environ; *entry != nullptr; ++entry)
    for (const char* prefix : {"OPENBLAS_", "OMP_", "GOTO_"})
      if (std::strncmp(*entry, prefix, std::strlen(prefix)) == 0) {
        fmt::print(stderr, "bench_fidelity: unset {}\n", *entry);
        return 2;
      }
  const int pairs = argc > 3 ? std::atoi(argv[3]) : 200;
  bool all = true;
  fmt::print("Rates through the harness against a bare loop: bare time / harness time; aim within 2 % on one thread\n");
  fmt::print("{:<10} {:<30} {:>7} {:>9} {:>6} {:>8}  95 % interval of the median\n", "", "case", "threads", "GFLOP/s",
             "pairs", "ratio");
  for (const int threads : {1, 2}) {
    openblas_set_num_threads(threads);
    judge::WorkerConfig config;
    config.library = argv[1];
    config.worker_binary = argv[2];
    config.options = fmt::format("threads={}", threads);
    config.log_file = "/dev/null";
    for (const Dtype type : {Dtype::f32, Dtype::f64})
      for (const std::int64_t size : {512, 1024, 2048}) {
        GemmProblem gemm;
        gemm.m = gemm.n = gemm.k = size;
        gemm.dtypes = *default_combo(type);
        Harness harness(config, gemm);
        BareLoop bare(gemm, harness.plan);
        harness.upload({bare.pool[0], bare.pool[1]});
        bare.round(2);
        harness.round(2);
        // Rounds of at least 20 ms, as the harness makes them.
        const int count = std::max(1, static_cast<int>(std::ceil(0.02 / bare.round(2))));
        double best = 1e9;
        const auto ratios = abba(
            pairs,
            [&] {
              const double s = bare.round(count);
              best = std::min(best, s);
              return s;
            },
            [&] { return harness.round(count); });
        const bool ok = print("fidelity", fmt::format("{}", case_id(Problem(gemm))), threads,
                              static_cast<double>(flop(gemm)) / best, ratios, 0.98, 1.02);
        if (threads == 1) all = all && ok;
      }
  }
  fmt::print("\nIsolation: worker process against a thread of the judge, rounds of 20 ms; time ratio, aim < 1.01\n");
  openblas_set_num_threads(1);
  for (const std::int64_t size : {256, 512, 1024}) {
    GemmProblem gemm;
    gemm.m = gemm.n = gemm.k = size;
    judge::WorkerConfig config;
    config.library = argv[1];
    config.worker_binary = argv[2];
    config.options = "threads=1";
    config.log_file = "/dev/null";
    Harness isolated(config, gemm);
    config.in_process = true;
    Harness in_process(config, gemm);
    BareLoop source(gemm, isolated.plan);
    isolated.upload({source.pool[0], source.pool[1]});
    in_process.upload({source.pool[0], source.pool[1]});
    isolated.round(2);
    in_process.round(2);
    const int count = std::max(1, static_cast<int>(std::ceil(0.02 / in_process.round(2))));
    double best = 1e9;
    const auto ratios = abba(
        pairs, [&] { return isolated.round(count); },
        [&] {
          const double s = in_process.round(count);
          best = std::min(best, s);
          return s;
        });
    all = print("isolation", case_id(Problem(gemm)), 1, static_cast<double>(flop(gemm)) / best, ratios, 0, 1.01) && all;
  }
  return all ? 0 : 1;
}
