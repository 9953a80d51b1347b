#include "tests/bench/table.hpp"

#include <fmt/format.h>

#include <cmath>

#include "harness/stats/median_ci.hpp"

namespace chipfit::bench {

void print_heading(const std::string& title, const Aim& aim) {
  const std::string range = std::isinf(aim.high) ? fmt::format("at least {:.2f}", aim.low)
                            : aim.low == 0       ? fmt::format("at most {:.2f}", aim.high)
                                                 : fmt::format("{:.2f} … {:.2f}", aim.low, aim.high);
  fmt::print("{}; aim {}\n{:<48} {:>7} {:>9} {:>6} {:>7}  {:<18} {:<8} {}\n", title, range, "case", "threads",
             "GFLOP/s", "pairs", "ratio", "95 % of the median", "", "algorithm");
}

bool print_line(const Line& line, const std::vector<double>& ratios, const Aim& aim) {
  const auto ci = stats::median_ci(ratios, 0.05);
  const bool reached = ci.high >= aim.low && ci.low <= aim.high;
  fmt::print("{:<48} {:>7} {:>9.1f} {:>6} {:>7.4f}  [{:.4f}, {:.4f}]   {:<8} {}\n", line.what, line.threads,
             line.flop_per_s / 1e9, ratios.size(), ci.median, ci.low, ci.high, reached ? "reached" : "MISSED",
             line.note);
  std::fflush(stdout);
  return reached;
}

}  // namespace chipfit::bench
