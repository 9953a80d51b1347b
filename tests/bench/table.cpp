#include "tests/bench/table.hpp"

#include <fmt/format.h>

#include <cmath>

#include "harness/stats/median_ci.hpp"

namespace chipfit::bench {
namespace {

std::string_view word(const Aim& aim, bool reached) {
  if (aim.low == 0 && std::isinf(aim.high)) return "";
  return reached ? "reached" : "MISSED";
}

}  // namespace

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
             line.flop_per_s / 1e9, ratios.size(), ci.median, ci.low, ci.high, word(aim, reached), line.note);
  std::fflush(stdout);
  return reached;
}

void print_note(const std::string& what, const std::string& note) {
  fmt::print("{:<48} {}\n", what, note);
}

void WeightedMean::add(const std::vector<double>& ratios, double weight) {
  const auto ci = stats::median_ci(ratios, 0.05);
  const double error = std::log(ci.high / ci.low) / 2 / 1.96;
  ++lines_;
  weights_ += weight;
  log_sum_ += weight * std::log(ci.median);
  variance_ += weight * weight * error * error;
}

double WeightedMean::mean() const {
  return std::exp(log_sum_ / weights_);
}

double WeightedMean::factor() const {
  return std::exp(1.96 * std::sqrt(variance_) / weights_);
}

bool print_mean(const WeightedMean& mean, int threads, const Aim& aim) {
  if (mean.lines() == 0) return word(aim, true).empty();
  const bool reached = mean.high() >= aim.low && mean.low() <= aim.high;
  fmt::print("{:<48} {:>7} {:>9} {:>6} {:>7.4f}  [{:.4f}, {:.4f}]   {}\n", "geometric mean", threads, "", mean.lines(),
             mean.mean(), mean.low(), mean.high(), word(aim, reached));
  std::fflush(stdout);
  return reached;
}

}  // namespace chipfit::bench
