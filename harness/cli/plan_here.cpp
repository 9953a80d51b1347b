#include "harness/cli/plan_here.hpp"

#include <optional>

#include "harness/cli/backend_devices.hpp"
#include "harness/cli/isolation_choice.hpp"
#include "harness/cli/text.hpp"

namespace chipfit::cli {
namespace {

std::string name_of(const std::string& case_id, const plan::PlannedDevice& device) {
  return judge::benchmark_name(case_id, device.backend, device.device_index);
}

}  // namespace

Result<PlannedRun> plan_here(const Selection& selection, Console& console) {
  const bool is_frozen = !selection.plan_file.empty();
  // Tried when the first backend is asked: what is wrong with the selection is said without starting a worker.
  std::optional<IsolationChoice> isolation;
  std::map<std::string, sandbox::Isolation> isolation_of;
  if (is_frozen) isolation = IsolationChoice{};
  const auto choose = [&](const std::string& asked) -> Result<void> {
    auto chosen = choose_isolation(asked, selection.require_isolation, console);
    if (!chosen) return pass_on(chosen.error());
    isolation = std::move(*chosen);
    return {};
  };
  const auto count = [&](const plan::BackendManifest& manifest, const std::string& options) -> Result<std::uint32_t> {
    if (!isolation) {
      if (auto chosen = choose(asked_isolation(selection)); !chosen) return pass_on(chosen.error());
    }
    const auto devices = ask_backend(manifest, options, *isolation);
    if (devices) {
      if (devices->level != isolation->level) isolation_of[manifest.name] = devices->level;
      return static_cast<std::uint32_t>(devices->devices.devices.size());
    }
    // A plugin that dies is judged, not skipped: its cases are planned for one device and get their verdicts.
    if (devices.error().kind == Error::Kind::internal) {
      console.note(devices.error().what);
      return 1u;
    }
    return pass_on(devices.error());
  };
  auto planned = make_plan(selection, plan::discover(plan::plugin_folders()), count, name_of);
  if (planned) {
    if (is_frozen || !isolation) {
      const auto chosen = choose(is_frozen ? planned->plan.isolation : asked_isolation(selection));
      if (!chosen) return pass_on(chosen.error());
    }
    planned->isolation = *isolation;
    planned->isolation_of = isolation_of;
    for (const auto& note : planned->notes) console.note(note);
    for (const auto& error : planned->unavailable) console.error(error);
  }
  return planned;
}

std::string benchmark_names(const plan::Plan& plan) {
  std::string text;
  for (const auto& device : plan.devices) {
    for (const auto& planned : plan.cases) text += name_of(planned.case_id, device) + "\n";
  }
  return text;
}

std::string row_commands(const PlannedRun& run, const std::vector<std::string>& more) {
  std::string text;
  for (const auto& device : run.plan.devices) {
    for (const auto& planned : run.plan.cases) {
      auto words = row_command(run, planned, device);
      words.insert(words.end(), more.begin(), more.end());
      text += shell_line(words) + "\n";
    }
  }
  return text;
}

}  // namespace chipfit::cli
