#include "harness/cli/planning.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/results/digest.hpp"
#include "kernels/base/numbers.hpp"
#include "kernels/problem/case_id.hpp"

namespace chipfit::cli {
namespace {

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto space = text.find(' ');
    if (space != 0) words.emplace_back(text.substr(0, space));
    text = space == std::string_view::npos ? std::string_view() : text.substr(space + 1);
  }
  return words;
}

std::string key_of(const std::string& option) {
  return option.substr(0, option.find('='));
}

/// Why a backend is left out, as one line.
std::string line_of(const std::string& name, const Error& error) {
  const auto hint = error.hint.substr(0, error.hint.find('\n'));
  return fmt::format("backend '{}' is not used: {}{}{}", name, error.what, hint.empty() ? "" : "; ", hint);
}

/// The backends that were asked for, or those of a default run; unusable ones go to `unavailable` or `notes`.
Result<std::vector<plan::BackendManifest>> select_backends(const std::vector<std::string>& asked,
                                                           const plan::Catalog& catalog, PlannedRun& run) {
  std::vector<plan::BackendManifest> chosen;
  if (asked.empty()) {
    for (const auto& manifest : catalog.usable) {
      if (manifest.in_default_runs) chosen.push_back(manifest);
    }
    for (const auto& rejected : catalog.rejected) run.notes.push_back(line_of(rejected.name, rejected.error));
    for (const auto& manifest : chosen) run.spelling[manifest.name] = manifest.name;
    return chosen;
  }
  for (const auto& word : asked) {
    auto manifest = plan::find_backend(catalog, word);
    if (!manifest) {
      if (manifest.error().kind == Error::Kind::usage) return pass_on(manifest.error());
      run.unavailable.push_back(manifest.error());
      continue;
    }
    const auto same = run.spelling.find(manifest->name);
    if (same != run.spelling.end()) {
      if (same->second == word) continue;
      return fail(Error::Kind::usage,
                  fmt::format("'{}' and '{}' are both backend '{}'; a row is known by the backend's name", same->second,
                              word, manifest->name),
                  {}, "change \"name\" in one manifest, or run twice");
    }
    run.spelling[manifest->name] = word;
    chosen.push_back(std::move(*manifest));
  }
  return chosen;
}

Result<std::vector<std::uint32_t>> select_devices(const std::vector<std::uint32_t>& asked, std::uint32_t count,
                                                  const std::string& backend) {
  std::vector<std::uint32_t> devices;
  if (count == 0) return fail(Error::Kind::unavailable, fmt::format("backend '{}' finds no device here", backend));
  if (!asked.empty()) {
    for (const auto index : asked) {
      if (index < count) continue;
      return fail(Error::Kind::unavailable,
                  fmt::format("backend '{}' has {}, there is no device {}", backend, counted(count, "device"), index),
                  {}, "chipfit devices lists them; they are numbered from 0");
    }
    return asked;
  }
  for (std::uint32_t i = 0; i < count; ++i) devices.push_back(i);
  return devices;
}

bool has_f32(const Suite& suite) {
  return std::any_of(suite.cases.begin(), suite.cases.end(),
                     [](const SuiteCase& each) { return dtypes(each.problem).a == Dtype::f32; });
}

tl::unexpected<Error> nothing_usable(const PlannedRun& run) {
  if (run.unavailable.size() == 1) return pass_on(run.unavailable[0]);
  std::string reasons;
  for (const auto& error : run.unavailable) {
    reasons += fmt::format("{}{}{}", error.what, error.hint.empty() ? "" : ": ", error.hint) + "\n";
  }
  for (const auto& note : run.notes) reasons += note + "\n";
  return fail(Error::Kind::unavailable, "no backend can be used here", {},
              reasons + "chipfit doctor shows where plugins are looked for");
}

Result<void> add_backend(PlannedRun& run, const Selection& selection, const plan::BackendManifest& manifest,
                         const CountDevices& count_devices) {
  const auto options = merged_options(manifest.options, selection.options);
  std::vector<std::uint32_t> devices = selection.devices;
  if (!selection.elsewhere) {
    const auto count = count_devices(manifest, options);
    if (!count) return pass_on(count.error());
    auto selected = select_devices(selection.devices, *count, manifest.name);
    if (!selected) return pass_on(selected.error());
    devices = std::move(*selected);
  }
  const auto hash = results::sha256_file(manifest.library);
  if (!hash) return pass_on(hash.error());
  for (const auto index : devices) run.plan.devices.push_back({manifest.name, *hash, index, options});
  run.backends.emplace(manifest.name, manifest);
  for (const auto& note : manifest.notes) run.notes.push_back(note);
  return {};
}

}  // namespace

std::string asked_isolation(const Selection& selection) {
  if (selection.in_process) return "in-process";
  return selection.isolation.empty() ? "auto" : selection.isolation;
}

bool is_quick(const Selection& selection) {
  return selection.quick || (!selection.suites.empty() && selection.cases.empty() &&
                             std::all_of(selection.suites.begin(), selection.suites.end(),
                                         [](const auto& name) { return name == "quick"; }));
}

std::string merged_options(const std::string& manifest_options, const std::vector<std::string>& own) {
  auto words = words_of(manifest_options);
  for (const auto& option : own) {
    const auto same = std::find_if(words.begin(), words.end(),
                                   [&](const std::string& word) { return key_of(word) == key_of(option); });
    if (same == words.end()) {
      words.push_back(option);
    } else {
      *same = option;
    }
  }
  return fmt::format("{}", fmt::join(words, " "));
}

Result<std::vector<plan::PlannedCase>> select_cases(const Selection& selection) {
  std::vector<Suite> suites;
  for (const auto& name : selection.suites) {
    auto suite = find_suite(name, selection.overrides);
    if (!suite) return pass_on(suite.error());
    suites.push_back(std::move(*suite));
  }
  if (!selection.overrides.maths.empty() && std::none_of(suites.begin(), suites.end(), has_f32)) {
    return fail(Error::Kind::usage, "--math says how f32 may be computed, and nothing selected is f32", {},
                "leave --math out, or add f32 to --dtype");
  }
  Suite single;
  for (const auto& id : selection.cases) {
    const auto problem = parse_case_id(id);
    if (!problem) {
      auto error = problem.error();
      error.where =
          error.where.empty() ? fmt::format("--case '{}'", id) : fmt::format("--case '{}', {}", id, error.where);
      return pass_on(std::move(error));
    }
    single.cases.push_back({*problem, 1, "", ""});
  }
  suites.push_back(std::move(single));
  return plan::merge_suites(suites);
}

Result<PlannedRun> prepare(plan::Plan plan, const plan::Catalog& catalog) {
  PlannedRun run;
  run.plan = std::move(plan);
  for (const auto& device : run.plan.devices) {
    if (run.backends.contains(device.backend)) continue;
    auto manifest = plan::find_backend(catalog, device.backend);
    if (!manifest) {
      auto error = manifest.error();
      if (error.kind == Error::Kind::usage) error.kind = Error::Kind::unavailable;
      return pass_on(std::move(error));
    }
    const auto hash = results::sha256_file(manifest->library);
    if (!hash) return pass_on(hash.error());
    if (*hash != device.library_sha256) {
      return fail(Error::Kind::bad_data,
                  fmt::format("backend '{}' is not the library this plan was made for (SHA-256 {}…, planned {}…)",
                              device.backend, hash->substr(0, 12), device.library_sha256.substr(0, 12)),
                  manifest->library.string(), "make the plan again: chipfit plan … -o FILE");
    }
    run.spelling[device.backend] = device.backend;
    run.backends.emplace(device.backend, std::move(*manifest));
  }
  return run;
}

Result<PlannedRun> make_plan(const Selection& selection, const plan::Catalog& catalog,
                             const CountDevices& count_devices, const BenchmarkName& benchmark_name) {
  if (!selection.plan_file.empty()) {
    std::error_code error;
    const bool is_folder = std::filesystem::is_directory(selection.plan_file, error);
    auto plan = plan::load_plan(is_folder ? selection.plan_file / "plan.json" : selection.plan_file);
    if (!plan) return pass_on(plan.error());
    return prepare(std::move(*plan), catalog);
  }
  PlannedRun run;
  auto cases = select_cases(selection);
  if (!cases) return pass_on(cases.error());
  run.plan.cases = std::move(*cases);
  run.plan.launches = selection.launches;
  run.plan.order = selection.interleave     ? plan::Order::interleaved
                   : selection.simultaneous ? plan::Order::simultaneous
                                            : plan::Order::by_case;
  run.plan.mode = is_quick(selection) ? "quick" : "standard";
  run.plan.isolation = asked_isolation(selection);
  run.plan.time_s = selection.time_s.value_or(0);
  run.plan.ci_relative = selection.ci_relative.value_or(0);
  run.plan.sustained_s = selection.sustained_s.value_or(0);

  const auto chosen = select_backends(selection.backends, catalog, run);
  if (!chosen) return pass_on(chosen.error());
  for (const auto& manifest : *chosen) {
    if (const auto added = add_backend(run, selection, manifest, count_devices); !added) {
      if (selection.backends.empty()) {
        run.notes.push_back(line_of(manifest.name, added.error()));
      } else {
        run.unavailable.push_back(added.error());
      }
    }
  }
  if (run.plan.devices.empty()) return nothing_usable(run);
  if (const auto filtered = apply_filter(run.plan, selection.benchmark.filter, benchmark_name); !filtered) {
    return pass_on(filtered.error());
  }
  return run;
}

std::vector<std::string> row_command(const PlannedRun& run, const plan::PlannedCase& planned,
                                     const plan::PlannedDevice& device) {
  const auto spelling = run.spelling.find(device.backend);
  std::vector<std::string> words{"chipfit",   "run",
                                 "--case",    planned.case_id,
                                 "--backend", spelling == run.spelling.end() ? device.backend : spelling->second,
                                 "--devices", std::to_string(device.device_index)};
  const auto add = [&](std::string option, std::string value) {
    words.push_back(std::move(option));
    words.push_back(std::move(value));
  };
  if (run.plan.launches != 1) add("--launches", std::to_string(run.plan.launches));
  if (run.plan.mode == "quick") words.emplace_back("--quick");
  if (run.plan.time_s > 0) add("--time", fmt::format("{}", run.plan.time_s));
  if (run.plan.ci_relative > 0) add("--ci", fmt::format("{}", run.plan.ci_relative * 100));
  if (run.plan.sustained_s > 0) add("--sustained", fmt::format("{}", run.plan.sustained_s));
  for (const auto& option : words_of(device.options)) add("--option", option);
  if (run.plan.isolation == "in-process")
    words.emplace_back("--in-process");
  else if (run.plan.isolation != "auto")
    add("--isolation", run.plan.isolation);
  return words;
}

std::string size_text(const plan::Plan& plan) {
  const auto launches = static_cast<std::uint64_t>(plan.launches);
  return fmt::format("{} × {} × {} = {}", counted(plan.cases.size(), "case"), counted(plan.devices.size(), "device"),
                     launches == 1 ? "1 launch" : count_text(launches) + " launches",
                     counted(plan.cases.size() * plan.devices.size() * launches, "row"));
}

}  // namespace chipfit::cli
