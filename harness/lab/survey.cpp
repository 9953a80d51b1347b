#include "harness/lab/survey.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include "harness/results/run_folder.hpp"
#include "harness/results/whole_file.hpp"

namespace chipfit::lab {
namespace {

namespace fs = std::filesystem;

/// Names in a folder, sorted; none where it is not there.
Result<std::vector<std::string>> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  if (error == std::errc::no_such_file_or_directory) return names;
  for (; !error && entries != fs::directory_iterator(); entries.increment(error))
    names.push_back(entries->path().filename().string());
  if (error) return fail(Error::Kind::io, fmt::format("cannot be listed: {}", error.message()), folder.string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

Result<Survey> survey(const PlanFolder& plan) {
  Survey found;
  found.tasks = plan.tasks;
  std::vector<bool> there(plan.tasks, false);
  const auto parts = names_in(plan.parts());
  if (!parts) return pass_on(parts.error());
  std::size_t index = 0;
  for (const auto& name : *parts)
    if (parse_index_name(name, index) && index < plan.tasks) there[index] = true;
  for (std::size_t i = 0; i < plan.tasks; ++i) (there[i] ? found.present : found.missing).push_back(i);

  const auto works = names_in(plan.path / "work");
  if (!works) return pass_on(works.error());
  for (const auto& name : *works)
    if (parse_index_name(name, index) && index < plan.tasks && !there[index]) found.begun.push_back(index);
  const auto failures = names_in(plan.path / "failed");
  if (!failures) return pass_on(failures.error());
  for (const auto& name : *failures) {
    const auto dot = name.find('.');
    if (dot == std::string::npos || name.find(results::temporary_mark) != std::string::npos) continue;
    if (!parse_index_name(name.substr(0, dot), index) || index >= plan.tasks || there[index]) continue;
    const auto line = results::read_whole(plan.path / "failed" / name);
    found.failures.push_back(
        {index, name.substr(dot + 1),
         results::one_line(line ? line->substr(0, std::min<std::size_t>(line->find('\n'), 400)) : "")});
  }
  return found;
}

Result<Survey> survey(const PlanFolder& plan, double wait_s) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double>(wait_s);
  while (true) {
    auto found = survey(plan);
    if (!found || found->missing.empty() || Clock::now() >= end) return found;
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
}

}  // namespace chipfit::lab
