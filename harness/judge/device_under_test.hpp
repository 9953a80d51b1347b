#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "harness/judge/device_watch.hpp"
#include "harness/judge/rows.hpp"
#include "harness/judge/session.hpp"
#include "harness/plan/plan.hpp"

namespace chipfit::judge {

/// How one device of a run fares: the worker that has it open, the isolation it gets, the workers it has cost, and
/// whether its remaining cases are worth trying.
class DeviceUnderTest {
 public:
  DeviceUnderTest(const plan::PlannedDevice&, sandbox::Isolation);

  /// From now on at a weaker level; every row says why. The value: what to tell the user.
  std::string take_weaker_level(sandbox::Isolation, const std::string& why);
  sandbox::Isolation level() const { return level_; }

  /// A worker for this launch. A plugin that refuses or dies before it has ever worked may lack something that its
  /// level takes from it: then the levels of `weaker` below its own are tried, strongest first. One that hangs is not
  /// given more time. The value: what to tell the user; empty mostly.
  CallResult<std::string> open(WorkerConfig, int launch, std::span<const sandbox::Isolation> weaker);
  bool serves(int launch) const { return session_ != nullptr && session_launch_ == launch; }
  Session& session() { return *session_; }
  void end_worker() { session_.reset(); }

  /// Reads the device's sensors until leave(). A device that tells nothing is not watched: its columns stay blank.
  void watch(const std::string& run_id, TelemetryFile&, DeviceWatch::Clock::time_point run_began);
  /// The row's telemetry columns. Error: io.
  Result<void> record(results::Row&, const std::optional<SustainedWork>&);
  /// Another device's turn: neither worker nor sensors of this one.
  void leave();

  /// Counts what the case cost. Three workers that died in a row, or one that cannot be ended, are enough.
  void count(const Outcome&);
  const std::string& given_up() const { return given_up_; }  ///< why no more cases are tried; empty: they are

  const DeviceFacts& facts() const { return facts_; }

 private:
  CallResult<std::unique_ptr<Session>> start(WorkerConfig&, std::span<const sandbox::Isolation> weaker,
                                             std::string& note);

  DeviceFacts facts_;
  sandbox::Isolation level_;
  std::unique_ptr<Session> session_;
  int session_launch_ = 0;
  bool has_started_ = false;  // what fails after a first worker is no matter of isolation
  std::optional<DeviceWatch> watch_;
  int deaths_in_a_row_ = 0;
  std::string given_up_;
};

}  // namespace chipfit::judge
