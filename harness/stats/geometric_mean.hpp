#pragma once
#include <span>

#include "harness/stats/interval.hpp"

namespace chipfit::stats {

struct GeometricMean {
  double value = 0;
  Interval interval;  ///< Student's t on the logs; the value itself for fewer than two
  int n = 0;
};

/// exp(mean log x). Values that are not positive and finite are not counted.
GeometricMean geometric_mean(std::span<const double> x, double confidence = 0.95);

}  // namespace chipfit::stats
