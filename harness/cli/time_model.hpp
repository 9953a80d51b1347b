#pragma once
#include <string>
#include <vector>

#include "harness/stats/simulated_launches.hpp"
#include "kernels/base/result.hpp"

namespace chipfit::cli {

/// The virtual clock of `aa` and `power`: --option launch_sd=0.005 within_sd rho slow_share slow_log drift_per_round
/// throttle_round throttle_log. Errors (usage): an option it does not have, a value that makes no sense.
Result<stats::TimeModel> time_model(const std::vector<std::string>& options);

/// "launch deviation 0.5 %, within 0.3 %, rho 0.3".
std::string model_text(const stats::TimeModel&);

}  // namespace chipfit::cli
