#pragma once
#include "harness/stats/stop_rule.hpp"

namespace chipfit::judge {

/// How long and how carefully each case is measured.
struct MeasureSettings {
  stats::StopRule stop;
  double round_s = 0.02;   ///< aimed length of one throughput round
  double latency_s = 0.1;  ///< time for the latency mode
  double proven_s = 0.25;  ///< longest accumulated batch
  double steady_s = 2.5;   ///< steady state is sought for at most this long, once per launch; 0: not sought
  double sustained_s = 0;  ///< work without a pause for power and energy, at the end of each case; 0: none
  bool quick = false;      ///< rows are marked QUICK
  static MeasureSettings standard();
  static MeasureSettings quick_look();  ///< about 0.2 s a case
};

}  // namespace chipfit::judge
