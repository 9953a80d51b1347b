// merge and status: what the parts of a plan say.
#include <fmt/format.h>

#include "harness/cli/errors.hpp"
#include "harness/cli/json_out.hpp"
#include "harness/cli/text.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/lab/indexes.hpp"
#include "harness/lab/merge.hpp"
#include "harness/lab/survey.hpp"
#include "kernels/base/numbers.hpp"

namespace chipfit::cli {

Result<int> merge_parts(const MergeCommand& command, Console& console) {
  const auto plan = lab::open_plan_folder(command.plan);
  if (!plan) return pass_on(plan.error());
  const auto merged = lab::merge(*plan, command.options);
  if (!merged) return pass_on(merged.error());
  for (const auto& note : merged->notes) console.note(note);
  const auto results = (merged->folder / "results.csv").string();
  if (command.format == Format::json) {
    auto left_out = nlohmann::ordered_json::array();
    for (const auto& error : merged->left_out) left_out.push_back(to_json(error));
    print_json({{"folder", merged->folder.string()},
                {"tasks", plan->tasks},
                {"parts", merged->parts},
                {"rows", merged->rows},
                {"rows_with_a_bad_verdict", merged->unacceptable},
                {"left_out", left_out}},
               console);
  } else {
    console.data(fmt::format("{} of {}, {}\nresults: {}\n", count_text(merged->parts), counted(plan->tasks, "part"),
                             counted(merged->rows, "row"), printable(results)));
    for (const auto& error : merged->left_out) console.error(error);
  }
  if (!merged->left_out.empty()) return exit_interrupted;
  return merged->unacceptable > 0 ? exit_verdict : exit_ok;
}

Result<int> status(const StatusCommand& command, Console& console) {
  const auto plan = lab::open_plan_folder(command.plan);
  if (!plan) return pass_on(plan.error());
  const auto survey = lab::survey(*plan, command.wait_s);
  if (!survey) return pass_on(survey.error());
  std::error_code error;
  const bool is_merged = std::filesystem::exists(plan->merged() / "manifest.json", error);
  if (command.format == Format::json) {
    auto failures = nlohmann::ordered_json::array();
    for (const auto& failure : survey->failures)
      failures.push_back({{"index", failure.index}, {"host", failure.host}, {"what", failure.line}});
    print_json({{"plan", plan->path.string()},
                {"plan_sha256", plan->plan_sha256},
                {"tasks", survey->tasks},
                {"present", survey->present.size()},
                {"begun", lab::ranges(survey->begun)},
                {"missing", lab::ranges(survey->missing)},
                {"failures", failures},
                {"merged", is_merged}},
               console);
    return survey->missing.empty() ? exit_ok : exit_interrupted;
  }
  console.data(fmt::format("{} of {}{}\n", count_text(survey->present.size()), counted(survey->tasks, "part"),
                           is_merged ? ", merged" : ""));
  if (!survey->begun.empty()) console.data(fmt::format("begun: {}\n", lab::ranges(survey->begun)));
  if (!survey->missing.empty()) console.data(fmt::format("missing: {}\n", lab::ranges(survey->missing)));
  for (const auto& failure : survey->failures)
    console.data(fmt::format("task {} on {}: {}\n", failure.index, printable(failure.host), printable(failure.line)));
  if (survey->missing.empty()) return exit_ok;
  console.talk("next, when nothing runs any more: " +
               shell_line({"chipfit", "submit", "--plan", plan->path.string(), "--resume"}));
  return exit_interrupted;
}

}  // namespace chipfit::cli
