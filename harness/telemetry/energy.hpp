#pragma once
#include <span>
#include <vector>

namespace chipfit::telemetry {

/// One reading of an energy counter.
struct CounterReading {
  double t_s, energy_j;
};

/// Where the counter was first seen with a new value. Only there does time belong to energy: between two steps (about
/// 100 ms on a GPU) the counter stands still. The first reading is no edge: when its value came is not known.
std::vector<CounterReading> edges(std::span<const CounterReading>);

struct EnergyRule {
  double window_s = 10;  ///< shortest window that is trusted
  int windows = 3;       ///< windows that start at different edges
};

/// Mean power while the readings were taken.
struct MeanPower {
  enum class State {
    ok,
    too_short,  ///< not enough time for the windows: no watts are given
    silent      ///< the counter never changed
  };
  State state = State::silent;
  double power_w = 0;                  ///< median of the windows
  double lowest_w = 0, highest_w = 0;  ///< of the windows: how much the phase matters
  double window_s = 0;                 ///< shortest window that was used
};

/// Power over windows that begin and end at edges, with starts spread evenly over the time there is. The work must go
/// on all the while; the energy of one problem is then power · time of a problem, gross.
MeanPower mean_power(std::span<const CounterReading>, const EnergyRule&);

}  // namespace chipfit::telemetry
