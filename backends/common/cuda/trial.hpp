#pragma once
#include <chipfit/chipfit_plugin.h>

#include <array>
#include <functional>
#include <optional>
#include <vector>

#include "backends/common/cuda/memory.hpp"

namespace cuda {

/// The candidate with the shortest time: the earlier of two within 3 %, so that launches agree. Not-finite times are
/// of candidates that did not run. Nothing where none ran.
std::optional<std::size_t> shortest(const std::vector<double>& times_s);

/// Where algorithms are tried, and for how long.
struct TrialBench {
  const Driver& driver;
  const Stream& stream;
  double trial_s;  ///< per kernel; 0: the first is timed and taken
};

/// Random operands for trying algorithms on.
struct TrialData {
  std::array<Memory, 3> operands;  ///< in[0], in[1], out
};
/// Nothing where the device has no room for another set of operands.
std::optional<TrialData> trial_data(const TrialBench&, const chipfit_problem&);

/// What a trial runs: enqueues candidate `i`; throws Failure where it cannot run.
using RunCandidate = std::function<void(std::size_t i, const TrialData&)>;

/// Times each of `count` candidates with events, in turns, for trial_s at most (the first at least once), and
/// gives the fastest. A candidate that fails is out; a device that is lost is passed on.
std::optional<std::size_t> fastest(const TrialBench&, const TrialData&, std::size_t count, const RunCandidate&);

/// Elements of in[0], in[1] and out.
std::array<std::uint64_t, 3> elements_of(const chipfit_problem&);

}  // namespace cuda
