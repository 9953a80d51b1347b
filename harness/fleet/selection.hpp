#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/fleet/roster.hpp"

namespace chipfit::fleet {

/// One launch of a GEMM with a proven rate.
struct Launch {
  double rate_flop_per_s = 0, work_flop = 0, power_w = 0;
  std::int64_t devices_active = 1;
  std::size_t row = 0;
  std::string case_id, backend, run_id, provenance, energy_source, energy_grade;
};

/// Which launches of one device and one set of types count; the rule stands at Roster.
class Selection {
 public:
  struct Choice {
    Sustained sustained;
    double disagreement = 0;  ///< |other/this − 1| of the run of the same case and backend that is farthest off
    std::string other_run;
    double other_rate_flop_per_s = 0;
  };

  /// False where a larger GEMM was seen, or as large a one with more devices at work. Looks at work and devices alone.
  bool wants(const Launch&) const;
  void add(Launch);  ///< one that is wanted
  /// Nothing where no launch was added.
  std::optional<Choice> choose() const;

 private:
  std::vector<Launch> launches_;  // all with the same work and devices_active
};

}  // namespace chipfit::fleet
