#pragma once
#include <span>

#include "harness/stats/median_ci.hpp"

namespace chipfit::stats {

/// Repeat until tight: when a case has been measured well enough.
struct StopRule {
  double target_relative_half_width = 0.005;
  double min_time_s = 0.5;
  double max_time_s = 5.0;
  int min_rounds = 3;
  int max_rounds = 100000;
  double alpha = 0.03;
};

enum class StopState { go_on, reached, not_reached };

/// The interval is looked at only after ⌈20·1.5ʲ⌉ rounds, j = 0, 1, …: repeated looks cost coverage.
bool is_scheduled_look(int rounds);

/// `samples`: time of each round, in order. `elapsed_s`: measuring time spent so far.
/// reached: at a scheduled look past min_time_s the half-width is within the target. not_reached: time or count ran
/// out (after at least min_rounds) and it is not within the target then either; that last look stops nothing, so it
/// costs no coverage.
StopState decide(const StopRule&, std::span<const double> samples, double elapsed_s);

}  // namespace chipfit::stats
