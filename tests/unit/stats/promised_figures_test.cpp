// The harness judges itself on simulated launches with a fixed seed: false alarms and power of whole reports of 500
// cases with 10 launches a side, under the model of docs/compare.md (launch deviation 0.5 %, within 0.3 %, ρ 0.3, no
// tails).
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "harness/stats/launch_comparison.hpp"
#include "harness/stats/simulated_launches.hpp"

namespace chipfit::stats {
namespace {

constexpr int cases_per_report = 500, launches = 10, rounds = 20;

/// A report in which every 20th case, `slowed` of them, is slower by the factor.
std::vector<LogLaunches> report(SimulatedLaunches& device, int slowed, double factor) {
  std::vector<LogLaunches> cases(cases_per_report);
  for (int i = 0; i < cases_per_report; ++i) {
    const double slower = i % 20 == 0 && i / 20 < slowed ? std::log(factor) : 0;
    for (int l = 0; l < launches; ++l) {
      cases[static_cast<std::size_t>(i)].a.push_back(device.log_median(0, rounds));
      cases[static_cast<std::size_t>(i)].b.push_back(device.log_median(slower, rounds));
    }
  }
  return cases;
}

bool flagged(const CaseComparison& result) {
  return result.call == Call::slower || result.call == Call::faster;
}

int false_flags(const TimeModel& model, std::uint64_t seed) {
  SimulatedLaunches device(model, seed);
  int flags = 0;
  for (int r = 0; r < 20; ++r)
    for (const auto& result : compare_launches(report(device, 0, 1), {}).cases) flags += flagged(result);
  return flags;
}

TEST(PromisedFigures, AtMostOneFalseFlagInTwentyReportsOfIdenticalDevices) {
  EXPECT_LE(false_flags({}, 20261101), 1);
}

TEST(PromisedFigures, NoMoreWhereLaunchesDifferMuch) {
  EXPECT_LE(false_flags({.launch_sd = 0.03}, 20261102), 1);
}

TEST(PromisedFigures, NoMoreWhereSomeLaunchesAreSlow) {
  // One launch in twenty is 10 % slower: the rank test has to take over.
  EXPECT_LE(false_flags({.slow_share = 0.05, .slow_log = 0.1}, 20261103), 1);
}

/// Share of the 25 slowed cases that four reports call slower.
double power(double factor, std::uint64_t seed) {
  SimulatedLaunches device({}, seed);
  int found = 0;
  for (int r = 0; r < 4; ++r) {
    const auto result = compare_launches(report(device, 25, factor), {});
    for (int i = 0; i < 25; ++i) found += result.cases[static_cast<std::size_t>(20 * i)].call == Call::slower;
  }
  return found / 100.0;
}

TEST(PromisedFigures, FivePercentSlowerIsFoundNineteenTimesInTwenty) {
  EXPECT_GE(power(1.05, 20261104), 0.95);
}

TEST(PromisedFigures, ThreePercentSlowerIsFoundSeventeenTimesInTwenty) {
  EXPECT_GE(power(1.03, 20261105), 0.85);
}

TEST(PromisedFigures, IntervalsOfTheRatioCoverTheTruth) {
  for (const double rho : {0.0, 0.3, 0.6}) {
    SimulatedLaunches device({.rho = rho}, 20261106);
    int covered = 0, all = 0;
    for (int r = 0; r < 4; ++r)
      for (const auto& result : compare_launches(report(device, 0, 1), {}).cases) {
        covered += result.log_interval.low <= 0 && 0 <= result.log_interval.high;
        ++all;
      }
    EXPECT_GE(covered, 0.94 * all) << "ρ " << rho;
    EXPECT_LE(covered, 0.965 * all) << "ρ " << rho;
  }
}

}  // namespace
}  // namespace chipfit::stats
