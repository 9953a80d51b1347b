#pragma once

namespace chipfit::stats {

/// Closed interval, in the unit of what it is an interval of.
struct Interval {
  double low = 0, high = 0;
};

}  // namespace chipfit::stats
