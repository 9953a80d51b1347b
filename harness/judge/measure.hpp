#pragma once
#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "harness/judge/session.hpp"
#include "harness/judge/settings.hpp"
#include "harness/stats/median_ci.hpp"
#include "kernels/oracle/oracle.hpp"

namespace chipfit::judge {

/// Everything that was learnt about one case in one launch.
struct Outcome {
  Verdict verdict = Verdict::ok;
  std::string reason;
  std::vector<Condition> conditions;
  bool interrupted = false;   ///< abandoned: no row is written
  bool session_dead = false;  ///< the worker is gone or must be replaced

  std::string algorithm;
  double prepare_s = 0;
  std::vector<double> round_s;  ///< seconds per problem of every timed round, in order
  int problems_per_round = 0;
  int rounds_checked = 0;
  stats::MedianCi time;
  std::vector<double> latency_s;  ///< each problem on the worker's clock, in order
  std::string proven_mode;        ///< "accumulate", or empty where the plugin cannot
  double proven_s = 0;            ///< per problem, reveal to receipt
  std::string check;              ///< methods of the oracle that the case passed
  double grade_e = 0, row_max_over_median = 0;
  std::string grade;
  std::optional<bool> repeatable;
  double verify_s = 0, total_s = 0;
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
};

/// Measures one problem on an open session, by the protocol of docs/judging.md: ask, exact round, throughput rounds,
/// latency, proven batch; every kind of failure ends as a verdict with a reason.
Outcome measure(Session&, const Problem&, const CaseContext&);

/// The verdict for a call that failed, e.g. OUT_OF_MEMORY → TOO_BIG.
void apply_failure(Outcome&, const CallFailure&, std::string_view doing);

}  // namespace chipfit::judge
