#pragma once
#include <span>

namespace chipfit::stats {

/// Median of samples with an order-statistic confidence interval. Times in seconds or any unit.
struct MedianCi {
  double median = 0, low = 0, high = 0;
  int n = 0;
  double rho = 0;          ///< bias-corrected lag-1 rank autocorrelation, clipped to [0, 0.95]
  double n_effective = 0;  ///< n·(1 − ρ)/(1 + ρ)
  bool valid = false;      ///< false for n (or n_effective) < 6, or < 7 at α = 0.03: low and high are the extremes
  /// (high − low) / 2 / median. Never NaN; infinite for a median of 0.
  double relative_half_width() const;
};

/// [x₍k₎, x₍n+1−k₎] with k = max{k : P(Bin(n, ½) ≤ k − 1) ≤ α/2}, k taken at n_effective and scaled by n/n_effective.
/// α = 0.03 covers a true 95 % under the repeated looks of StopRule. Order of `samples` = order in time. No samples, or
/// one that is not finite: everything but n is 0.
MedianCi median_ci(std::span<const double> samples, double alpha = 0.03);

/// 0 for no samples.
double median(std::span<const double> samples);
/// Quantile by linear interpolation (Hyndman-Fan type 7), q in [0, 1].
double quantile(std::span<const double> samples, double q);

}  // namespace chipfit::stats
