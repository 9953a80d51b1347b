#include "kernels/cpu/peak.hpp"

#include <gtest/gtest.h>
#include <sched.h>

#include <cmath>
#include <set>
#include <string>

#include "kernels/cpu/peak_loops.hpp"
#include "kernels/cpu/pinned_threads.hpp"

namespace chipfit::cpu {
namespace {

/// Runs the rest of a test on one processor only.
class OneProcessor {
 public:
  OneProcessor() {
    ::sched_getaffinity(0, sizeof before_, &before_);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(allowed_cpus().front(), &one);
    ::sched_setaffinity(0, sizeof one, &one);
  }
  ~OneProcessor() { ::sched_setaffinity(0, sizeof before_, &before_); }

 private:
  cpu_set_t before_;
};

/// What a loop's accumulators add up to, in plain arithmetic.
double expected_sum(const PeakLoop& loop, int iterations, double seed) {
  double sum = 0;
  for (int i = 0; i < loop.accumulators; ++i) {
    double x = i + 1;
    for (int step = 0; step < iterations; ++step) {
      if (loop.input == Dtype::i8) {
        x += loop.products;
      } else if (loop.input == Dtype::bf16) {
        x += loop.products * seed;
      } else {
        x = seed - seed * x;
      }
    }
    sum += x * loop.lanes;
  }
  return sum;
}

TEST(PeakLoops, DoTheArithmeticThatIsCounted) {
  int run = 0;
  for (const PeakLoop& loop : peak_loops()) {
    if (!loop.supported()) continue;
    ++run;
    for (const int iterations : {0, 1, 2, 7}) {
      EXPECT_DOUBLE_EQ(loop.run(static_cast<std::uint64_t>(iterations), 0.5f), expected_sum(loop, iterations, 0.5))
          << loop.method << " " << iterations;
    }
  }
  EXPECT_GE(run, 3);
}

TEST(PeakLoops, StayFiniteHoweverLongTheyRun) {
  for (const PeakLoop& loop : peak_loops()) {
    if (!loop.supported()) continue;
    EXPECT_TRUE(std::isfinite(loop.run(3000000, 0.5f))) << loop.method;
  }
}

TEST(PeakLoops, CountTwoForAMultiplyAndAnAdd) {
  for (const PeakLoop& loop : peak_loops()) {
    EXPECT_EQ(loop.flop_per_iteration(), 2 * loop.accumulators * loop.lanes * loop.products) << loop.method;
  }
}

TEST(PeakLoops, TheLastOfEachTypeWorksEverywhere) {
  for (const Dtype type : {Dtype::f64, Dtype::f32, Dtype::i8}) {
    const PeakLoop* last = nullptr;
    for (const PeakLoop& loop : peak_loops()) {
      if (loop.input == type) last = &loop;
    }
    ASSERT_NE(last, nullptr);
    EXPECT_TRUE(last->supported());
  }
}

TEST(WidestLoop, IsNeverOneThatTheProcessorLacks) {
  for (const DtypeCombo& combo : all_combos()) {
    const PeakLoop* loop = widest_loop(combo.a);
    ASSERT_NE(loop, nullptr);
    EXPECT_TRUE(loop->supported());
    for (const PeakLoop& before : peak_loops()) {
      if (&before == loop) break;
      EXPECT_FALSE(before.input == loop->input && before.supported()) << before.method;
    }
  }
  EXPECT_EQ(widest_loop(Dtype::i32), nullptr);
}

TEST(MeasurePeak, ATypeThatIsNoInputHasNone) {
  const EmpiricalPeak peak = measure_peak(Dtype::i32, 1, 0.01);
  EXPECT_EQ(peak.flop_per_s, 0);
  EXPECT_EQ(peak.method, "");
}

TEST(MeasurePeak, EveryInputTypeHasARateAndAMethod) {
  std::set<std::string> methods;
  for (const DtypeInfo& each : all_dtypes()) {
    const Dtype type = each.id;
    if (!default_combo(type)) continue;
    const EmpiricalPeak peak = measure_peak(type, 1, 0.02);
    EXPECT_GT(peak.flop_per_s, 1e8) << info(type).name;
    EXPECT_TRUE(std::isfinite(peak.flop_per_s));
    EXPECT_EQ(peak.threads, 1);
    EXPECT_TRUE(methods.insert(peak.method).second) << peak.method;
  }
}

TEST(MeasurePeak, SaysWhenATypeIsConverted) {
  EXPECT_TRUE(measure_peak(Dtype::f16, 1, 0).method.ends_with("(f16 as f32)"));
  const std::string bf16 = measure_peak(Dtype::bf16, 1, 0).method;
  EXPECT_EQ(bf16.ends_with("(bf16 as f32)"), widest_loop(Dtype::bf16)->input == Dtype::f32) << bf16;
}

TEST(MeasurePeak, ThreadsAreHeldToTheAffinityMask) {
  const auto all = static_cast<int>(allowed_cpus().size());
  EXPECT_EQ(measure_peak(Dtype::f32, 0, 0).threads, 1);
  EXPECT_EQ(measure_peak(Dtype::f32, -5, 0).threads, 1);
  EXPECT_EQ(measure_peak(Dtype::f32, all + 7, 0).threads, all);
  const OneProcessor only;
  EXPECT_EQ(measure_peak(Dtype::f32, 8, 0).threads, 1);
}

TEST(ShortestWindow, EachThreadHasAProcessorOfItsOwn) {
  const std::vector<int> cpus = allowed_cpus();
  std::vector<int> seen(cpus.size(), -1), calls(cpus.size()), prepared(cpus.size());
  const double window_s = shortest_window(
      static_cast<int>(cpus.size()), 0, [&](int i) { ++prepared[static_cast<std::size_t>(i)]; },
      [&](int i) {
        seen[static_cast<std::size_t>(i)] = ::sched_getcpu();
        ++calls[static_cast<std::size_t>(i)];
      });
  EXPECT_GT(window_s, 0);
  EXPECT_EQ(seen, cpus);
  EXPECT_EQ(calls, std::vector<int>(cpus.size(), 3));
  EXPECT_EQ(prepared, std::vector<int>(cpus.size(), 1));
}

TEST(ShortestWindow, LeavesTheCallersMaskAlone) {
  const std::vector<int> before = allowed_cpus();
  shortest_window(
      1, 0, [](int) {}, [](int) {});
  EXPECT_EQ(allowed_cpus(), before);
}

TEST(ReadBandwidth, IsPositiveForAnyNumberOfThreads) {
  for (const int threads : {-1, 1, 2, 64}) {
    const double rate = measure_read_bandwidth(threads, 1 << 20, 0);
    EXPECT_GT(rate, 1e7) << threads;
    EXPECT_TRUE(std::isfinite(rate));
  }
}

}  // namespace
}  // namespace chipfit::cpu
