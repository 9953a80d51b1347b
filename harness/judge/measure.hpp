#pragma once
#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "harness/judge/device_watch.hpp"
#include "harness/judge/ending.hpp"
#include "harness/judge/output_checks.hpp"
#include "harness/judge/proven.hpp"
#include "harness/judge/session.hpp"
#include "harness/judge/settings.hpp"
#include "harness/judge/together.hpp"
#include "harness/stats/median_ci.hpp"
#include "kernels/oracle/oracle.hpp"

namespace chipfit::judge {

/// Everything that was learnt about one case in one launch.
struct Outcome : Ending {
  std::vector<Condition> conditions;
  std::string algorithm;
  double prepare_s = 0;
  std::vector<double> round_s;  ///< seconds per problem of every timed round, in order
  int problems_per_round = 0;
  int rounds_checked = 0;
  stats::MedianCi time;
  std::vector<double> latency_s;  ///< each problem on the worker's clock, in order
  Proven proven;
  std::optional<SustainedWork> sustained;
  CheckRecord checks;
  std::optional<bool> repeatable;
  double total_s = 0;
  std::size_t devices_active = 1;  ///< that worked at the same time, this one included
};

/// What a case needs to know about its surroundings.
struct CaseContext {
  MeasureSettings settings;
  Deadlines deadlines;
  MemoryLimits limits;            ///< host_available is read anew for each case
  double claimed_flop_per_s = 0;  ///< 0: not known
  oracle::Seed seed;              ///< of everything random in this case
  int oracle_threads = 1;
  const std::atomic<bool>* stop = nullptr;  ///< set by a signal: abandon the case
  Seat* together = nullptr;                 ///< measured at the same time as other devices; none: alone
};

/// Measures one problem on an open session, by the protocol of docs/judging.md: ask, exact round, throughput rounds,
/// latency, proven batch; every kind of failure ends as a verdict with a reason.
Outcome measure(Session&, const Problem&, const CaseContext&);

}  // namespace chipfit::judge
