#include "harness/judge/device_under_test.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "harness/judge/weaker_level.hpp"

namespace chipfit::judge {
namespace {

constexpr int deaths_allowed = 3;

/// Soon enough after its start to be the doing of what it was denied.
bool failed_quickly(const CallFailure& failure) {
  return failure.kind == CallFailure::Kind::refused ||
         (failure.kind == CallFailure::Kind::died &&
          (failure.verdict == Verdict::crashed || failure.verdict == Verdict::exited));
}

}  // namespace

DeviceUnderTest::DeviceUnderTest(const plan::PlannedDevice& planned, sandbox::Isolation level) : level_(level) {
  facts_.backend = planned.backend;
  facts_.library_sha256 = planned.library_sha256;
  facts_.index = planned.device_index;
  facts_.uid = fmt::format("unknown#{}", planned.device_index);
}

std::string DeviceUnderTest::take_weaker_level(sandbox::Isolation level, const std::string& why) {
  const auto note = fmt::format("isolation {} instead of {}: {}", sandbox::name(level), sandbox::name(level_), why);
  level_ = level;
  facts_.isolation = sandbox::name(level);
  facts_.isolation_note = note;
  return fmt::format("{}: {}", facts_.backend, note);
}

CallResult<std::unique_ptr<Session>> DeviceUnderTest::start(WorkerConfig& config,
                                                            std::span<const sandbox::Isolation> weaker,
                                                            std::string& note) {
  auto session = Session::open(config, facts_.index);
  const bool first = !std::exchange(has_started_, true);
  if (session || !first || !failed_quickly(session.error())) return session;
  std::vector<sandbox::Isolation> below;
  for (const auto level : weaker)
    if (level < level_) below.push_back(level);
  auto opened = at_a_weaker_level(below, [&](sandbox::Isolation level) {
    config.isolation = level;
    return Session::open(config, facts_.index);
  });
  if (!opened) return session;
  note = take_weaker_level(opened->first, session.error().reason);
  return std::move(opened->second);
}

CallResult<std::string> DeviceUnderTest::open(WorkerConfig config, int launch,
                                              std::span<const sandbox::Isolation> weaker) {
  session_.reset();
  std::string note;
  auto session = start(config, weaker, note);
  if (!session) return tl::unexpected(session.error());
  session_ = std::move(*session);
  session_launch_ = launch;
  facts_.plugin = session_->plugin();
  facts_.device = session_->device();
  facts_.uid = device_uid(facts_.device, facts_.index);
  return note;
}

void DeviceUnderTest::watch(const std::string& run_id, TelemetryFile& file, DeviceWatch::Clock::time_point run_began) {
  if (watch_) return;
  if (auto source = telemetry_source(facts_.device))
    watch_.emplace(std::move(*source), run_id, facts_.uid, file, run_began);
}

Result<void> DeviceUnderTest::record(results::Row& row, const std::optional<SustainedWork>& sustained) {
  if (!watch_) return {};
  return watch_->record(row, sustained);
}

void DeviceUnderTest::leave() {
  session_.reset();
  watch_.reset();
}

void DeviceUnderTest::count(const Outcome& outcome) {
  if (outcome.verdict == Verdict::wedged) {
    given_up_ = "the device is wedged: an earlier worker could not be ended";
    return;
  }
  deaths_in_a_row_ = info(outcome.verdict).died ? deaths_in_a_row_ + 1 : 0;
  if (deaths_in_a_row_ >= deaths_allowed)
    given_up_ = fmt::format("{} workers died in a row; the last: {}", deaths_allowed, outcome.reason);
}

}  // namespace chipfit::judge
