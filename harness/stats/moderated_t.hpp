#pragma once
#include <span>

#include "harness/stats/interval.hpp"

namespace chipfit::stats {

/// A variance with its degrees of freedom. As a prior: variance s₀² and d₀, which may be infinite (all cases share one
/// variance) or 0 (the other cases say nothing).
struct Variance {
  double value = 0;
  double df = 0;
};

/// The prior that the sample variances of all cases of a report share: s² ~ s₀²·F(d, d₀), by the moments of log s²
/// (Smyth 2004, section 6.2). Variances without degrees of freedom do not count; of zero ones (times that a coarse
/// clock rounded to the same value) each counts as 10⁻⁵ of the median. Fewer than three variances: d₀ = 0.
Variance fit_variance_prior(std::span<const Variance>);

/// s̃² = (d₀s₀² + d·s²)/(d₀ + d) with d₀ + d degrees of freedom, at most `pooled_df` (those of all cases together).
Variance moderated(const Variance& sample, const Variance& prior, double pooled_df);

/// The estimate of a difference of means, on the scale of the data.
struct Contrast {
  double estimate = 0, standard_error = 0, df = 0;
};

/// Means of two samples with the given variance: b − a, √(s̃²(1/n_a + 1/n_b)).
Contrast difference(std::span<const double> a, std::span<const double> b, const Variance&);

/// p of H₀ |difference| ≤ threshold (threshold ≥ 0): the tails beyond (|d| − threshold)/se and (|d| + threshold)/se
/// together (TREAT: McCarthy and Smyth 2009). threshold 0 is the two-sided t-test. 1 without degrees of freedom.
double p_beyond(const Contrast&, double threshold);
/// p of H₀ |difference| ≥ margin: two one-sided tests (TOST: Schuirmann 1987). Below 5 % where the 90 % interval lies
/// inside ±margin. 1 without degrees of freedom.
double p_within(const Contrast&, double margin);
/// q with P(|T| ≤ q) = confidence, of Student's t or (infinite df) of the normal distribution.
double student_quantile(double df, double confidence);
/// Two-sided interval of Student's t; a point without degrees of freedom.
Interval confidence_interval(const Contrast&, double confidence);

}  // namespace chipfit::stats
