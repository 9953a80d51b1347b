#include "harness/cli/check_plugin.hpp"

#include <fmt/format.h>

#include "harness/cli/paths.hpp"
#include "harness/cli/planning.hpp"
#include "harness/cli/text.hpp"
#include "harness/plan/probe.hpp"
#include "harness/telemetry/machine.hpp"
#include "kernels/oracle/fill.hpp"
#include "kernels/problem/case_id.hpp"

namespace chipfit::cli {
namespace {

Result<std::vector<Problem>> read_cases(const std::vector<std::string>& ids) {
  std::vector<Problem> problems;
  for (const auto& id : ids) {
    auto problem = parse_case_id(id);
    if (!problem) {
      auto error = problem.error();
      error.where = fmt::format("--case '{}'{}{}", id, error.where.empty() ? "" : ", ", error.where);
      return pass_on(std::move(error));
    }
    problems.push_back(std::move(*problem));
  }
  return problems;
}

Result<std::filesystem::path> worker_of(CheckOptions::Worker worker) {
  auto path = worker_binary();
  if (worker == CheckOptions::Worker::plain) return path;
  path += "-asan";
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored)) return path;
  return fail(Error::Kind::unavailable, "this installation has no worker with the address sanitizer", path.string(),
              "build chipfit with -DCHIPFIT_ASAN_WORKER=ON, or leave --asan out");
}

}  // namespace

std::string CheckedPlugin::reproduction(const conformance::Finding& finding) const {
  std::vector<std::string> words{"chipfit", "check", subject.backend.library.string(), "--seed",
                                 std::to_string(report.seed)};
  const auto add = [&](std::string option, std::string value) {
    words.push_back(std::move(option));
    words.push_back(std::move(value));
  };
  if (!finding.case_id.empty()) add("--case", finding.case_id);
  if (options.device != 0) add("--device", std::to_string(options.device));
  for (const auto& option : options.options) add("--option", option);
  if (options.deadline_s != CheckOptions{}.deadline_s) add("--deadline", fmt::format("{}", options.deadline_s));
  if (options.worker == CheckOptions::Worker::address_sanitizer) words.emplace_back("--asan");
  return shell_line(words);
}

Result<CheckedPlugin> check_plugin(const std::filesystem::path& file, const CheckOptions& options, Console& console) {
  const auto probed = plan::probe_plugin(file);
  if (!probed.problems.empty()) return pass_on(probed.problems.front());
  for (const auto& note : probed.notes) console.note(note.what);
  auto only = read_cases(options.cases);
  if (!only) return pass_on(only.error());
  conformance::CheckSettings settings;
  settings.seed = options.seed.value_or(oracle::secret_seed().lo);
  settings.seconds = options.seconds;
  settings.deadline_s = options.deadline_s;
  settings.threads = std::max(1, telemetry::describe_machine().cores);
  settings.only = std::move(*only);
  if (!options.expected.empty()) {
    auto lists = conformance::load_lists(options.expected);
    if (!lists) return pass_on(lists.error());
    settings.lists = std::move(*lists);
  }
  const auto worker = worker_of(options.worker);
  if (!worker) return pass_on(worker.error());
  CheckedPlugin checked{
      {*probed.manifest, *worker, options.device, merged_options(probed.manifest->options, options.options)},
      {},
      options};
  std::error_code ignored;
  checked.subject.backend.library = std::filesystem::absolute(probed.library, ignored);
  checked.options.seed = settings.seed;
  if (options.worker == CheckOptions::Worker::address_sanitizer)
    checked.subject.worker = conformance::Subject::Worker::address_sanitizer;
  int tried = 0;
  auto report = conformance::check(checked.subject, settings, [&](const std::string& case_id) {
    console.status().show(fmt::format("check {}: {}", ++tried, case_id));
  });
  console.status().clear();
  if (!report) return pass_on(report.error());
  checked.report = std::move(*report);
  return checked;
}

}  // namespace chipfit::cli
