#pragma once
#include <limits>
#include <string>
#include <vector>

namespace chipfit::bench {

/// Where a ratio is to lie. It is missed only where the whole confidence interval lies outside.
struct Aim {
  double low = 0, high = std::numeric_limits<double>::infinity();
};

/// What stands before the ratio in a line of a table.
struct Line {
  std::string what;  ///< case id
  int threads;
  double flop_per_s;
  std::string note;  ///< algorithm
};

/// The title with its aim, and the names of the columns.
void print_heading(const std::string& title, const Aim&);

/// Median of the ratios with its 95 % interval. False where the aim is missed; an aim that leaves all open is not
/// spoken of.
bool print_line(const Line&, const std::vector<double>& ratios, const Aim&);

/// A line without figures.
void print_note(const std::string& what, const std::string& note);

/// Weighted geometric mean over the lines of a table. Each line's interval counts as ±1.96 standard errors of its log
/// median; lines are independent.
class WeightedMean {
 public:
  void add(const std::vector<double>& ratios, double weight);
  int lines() const { return lines_; }
  double mean() const;
  double low() const { return mean() / factor(); }
  double high() const { return mean() * factor(); }

 private:
  double factor() const;
  int lines_ = 0;
  double weights_ = 0, log_sum_ = 0, variance_ = 0;
};

/// False where the aim is missed, or nothing was compared under an aim.
bool print_mean(const WeightedMean&, int threads, const Aim&);

}  // namespace chipfit::bench
