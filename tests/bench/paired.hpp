#pragma once
#include <functional>
#include <vector>

namespace chipfit::bench {

/// How many pairs of rounds a comparison takes: `most`, or as many as fit into `budget_s` where rounds are long, but
/// `fewest` at least.
struct Pairs {
  int most = 200;
  int fewest = 8;  ///< an order-statistic interval of 95 % needs 6
  double budget_s = 30;
  double settle_s = 0;  ///< of rest before each round
};

/// Time ratios a/b of pairs of rounds in ABBA order, so that drift of the machine meets both sides alike. Each function
/// runs one round and gives its time.
std::vector<double> paired_ratios(const Pairs&, const std::function<double()>& a, const std::function<double()>& b);

/// Problems in a round of at least `round_s`, as the judge makes them.
int problems_per_round(double problem_s, double round_s = 0.02);

/// Keeps this thread, and every thread and process it starts from now on, on the last `threads` processors of the
/// affinity mask that the program started with. The first ones are left to interrupts and the rest of the machine.
void pin_to_last_cpus(int threads);

}  // namespace chipfit::bench
