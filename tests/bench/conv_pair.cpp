// Two convolution plugins in one process on the same data, in ABBA order: the ratio of their rates for every layer of a
// suite, and for the suite as a whole.
//   bench_conv_pair PLUGIN.so PLUGIN.so SUITE DIRECTION LAYOUT DTYPE BATCH ["THREADS [OPTION=VALUE…]"
//   [PART-OF-CASE-ID]]
// BATCH 0 keeps the suite's own. The first plugin over the second: above 1, the first is faster.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>

#include "harness/wire/abi.hpp"
#include "kernels/oracle/fill.hpp"
#include "kernels/problem/case_id.hpp"
#include "kernels/suites/suite.hpp"
#include "tests/vendor/loaded_plugin.hpp"

namespace {

using namespace chipfit;

constexpr double round_s = 0.008;
constexpr int rounds = 15;

template <class T>
T must(Result<T> result) {
  if (result) return std::move(*result);
  fmt::print(stderr, "{}\n", result.error().what);
  std::exit(2);
}

/// Of one thread the time on its processor, so that what else the machine does counts less.
bool one_thread = true;
double now_s() {
  timespec now{};
  clock_gettime(one_thread ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// A problem prepared on one plugin, with its operands there.
class Prepared {
 public:
  Prepared(const test::LoadedPlugin& plugin, const Problem& problem) : plugin_(plugin) {
    const chipfit_problem abi = wire::to_abi(problem);
    ok_ = plugin.table().prepare(plugin.device(), &abi, &kernel_) == CHIPFIT_OK;
    if (!ok_) return;
    const Operands shapes = operands(problem);
    for (int i = 0; i < 3; ++i) {
      const Operand& operand = i < 2 ? shapes.in[static_cast<std::size_t>(i)] : shapes.out;
      std::vector<char> data(static_cast<std::size_t>(operand.bytes()));
      oracle::fill_uniform(operand.dtype, data.data(), operand.elements, {1, static_cast<std::uint64_t>(i)});
      plugin.table().alloc(plugin.device(), data.size(), &views_[i].buffer);
      plugin.table().upload(plugin.device(), views_[i].buffer, 0, data.data(), data.size());
    }
  }
  ~Prepared() {
    if (!ok_) return;
    plugin_.table().release(plugin_.device(), kernel_);
    for (const chipfit_view& view : views_) plugin_.table().free(plugin_.device(), view.buffer);
  }
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;

  bool ok() const { return ok_; }
  std::string algorithm() const { return plugin_.table().algorithm(plugin_.device(), kernel_); }

  double seconds_per_run(int runs) const {
    const double begin = now_s();
    for (int i = 0; i < runs; ++i) plugin_.table().enqueue(plugin_.device(), kernel_, views_, 2, views_[2]);
    plugin_.table().sync(plugin_.device());
    return (now_s() - begin) / runs;
  }

 private:
  const test::LoadedPlugin& plugin_;
  chipfit_kernel kernel_ = nullptr;
  chipfit_view views_[3]{};
  bool ok_ = false;
};

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 8) return fmt::print(stderr, "see the head of tests/bench/conv_pair.cpp\n"), 2;
  const std::string threads = fmt::format("threads={}", argc > 8 ? argv[8] : "1");
  one_thread = threads == "threads=1" || threads.starts_with("threads=1 ");
  const std::string part = argc > 9 ? argv[9] : "";
  const test::LoadedPlugin first(argv[1], threads), second(argv[2], threads);
  const SuiteOverrides overrides{
      {must(parse_combo(argv[6]))}, {must(parse_direction(argv[4]))}, {must(parse_layout(argv[5]))}};
  const Suite suite = must(find_suite(argv[3], overrides));
  const std::int64_t batch = std::atoll(argv[7]);

  double work = 0, first_s = 0, second_s = 0, weighted = 0, log_sum = 0;
  int layers = 0;
  for (const SuiteCase& layer : suite.cases) {
    ConvProblem conv = std::get<ConvProblem>(layer.problem);
    if (batch > 0) conv.n = batch;
    const std::string id = case_id(conv);
    if (id.find(part) == std::string::npos) continue;
    const Prepared a(first, conv), b(second, conv);
    if (!a.ok() || !b.ok()) {
      fmt::print("{:64} {}\n", id, (a.ok() ? second : first).error());
      continue;
    }
    const auto runs_of = [](const Prepared& kernel) {
      kernel.seconds_per_run(1);
      return std::max(1, static_cast<int>(round_s / kernel.seconds_per_run(1)));
    };
    const int a_runs = runs_of(a), b_runs = runs_of(b);
    std::vector<double> ratios;
    double a_s = INFINITY, b_s = INFINITY;
    for (int round = 0; round < rounds; ++round) {
      const double a1 = a.seconds_per_run(a_runs), b1 = b.seconds_per_run(b_runs);
      const double b2 = b.seconds_per_run(b_runs), a2 = a.seconds_per_run(a_runs);
      ratios.push_back((b1 + b2) / (a1 + a2));
      a_s = std::min({a_s, a1, a2}), b_s = std::min({b_s, b1, b2});
    }
    const double gflop = 1e-9 * static_cast<double>(flop(conv)), ratio = median(ratios);
    fmt::print("{:64} {:7.1f} {:7.1f} GFLOP/s  {:5.3f} (of minima {:5.3f})  {} | {}\n", id, gflop / a_s, gflop / b_s,
               ratio, b_s / a_s, a.algorithm(), b.algorithm());
    std::fflush(stdout);
    const double count = static_cast<double>(layer.count);
    work += count * gflop, first_s += count * a_s, second_s += count * b_s;
    weighted += count * gflop * ratio, log_sum += std::log(ratio), ++layers;
  }
  if (layers > 0)
    fmt::print(
        "suite: rates {:.1f} and {:.1f} GFLOP/s, ratio {:.3f}; FLOP-weighted mean of ratios {:.3f}; geometric mean "
        "{:.3f}\n",
        work / first_s, work / second_s, second_s / first_s, weighted / work, std::exp(log_sum / layers));
}
