#include "harness/lab/plan_folder.hpp"

#include <fmt/format.h>

#include <charconv>

#include "harness/plan/tasks.hpp"
#include "harness/results/run_folder.hpp"
#include "kernels/base/shell_line.hpp"

namespace chipfit::lab {
namespace fs = std::filesystem;

std::string index_name(std::size_t index) {
  return fmt::format("{:06}", index);
}

bool parse_index_name(const std::string& name, std::size_t& index) {
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
  return error == std::errc() && end == name.data() + name.size() && index_name(index) == name;
}

fs::path PlanFolder::part(std::size_t index) const {
  return parts() / index_name(index);
}

fs::path PlanFolder::work(std::size_t index) const {
  return path / "work" / index_name(index);
}

std::string PlanFolder::run_command(std::size_t index) const {
  return shell_line({"chipfit", "run", "--plan", path.string(), "--index", std::to_string(index)});
}

Result<PlanFolder> make_plan_folder(const fs::path& path, const plan::Plan& plan) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return fail(Error::Kind::io, fmt::format("cannot be made: {}", error.message()), path.string());
  const auto file = path / "plan.json";
  if (fs::exists(file, error)) {
    auto present = open_plan_folder(path);
    if (!present) return present;
    if (present->plan_sha256 == plan::plan_sha256(plan)) return present;
    return fail(Error::Kind::usage, fmt::format("holds another plan already ({}…)", present->plan_sha256.substr(0, 12)),
                file.string(), "a plan is frozen: choose another folder with -o");
  }
  if (auto written = results::write_whole(file, plan::plan_text(plan)); !written) return pass_on(written.error());
  return open_plan_folder(path);
}

PlanFolder plan_folder(const fs::path& path, plan::Plan plan) {
  PlanFolder folder;
  std::error_code error;
  // A trailing slash would leave the folder without a name.
  folder.path = (fs::absolute(path, error) / "").lexically_normal().parent_path();
  folder.plan_sha256 = plan::plan_sha256(plan);
  folder.tasks = plan::task_count(plan);
  folder.plan = std::move(plan);
  return folder;
}

Result<PlanFolder> open_plan_folder(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    return fail(Error::Kind::missing, "is no plan folder", path.string(),
                "chipfit plan --suite quick --backend openblas -o DIR/ makes one");
  }
  auto plan = plan::load_plan(path / "plan.json");
  if (!plan) return pass_on(plan.error());
  if (plan->division.cases_per_task == 0) {
    return fail(Error::Kind::bad_data, "this plan is not divided into tasks", (path / "plan.json").string(),
                "chipfit plan … -o DIR/ divides it; chipfit run --plan FILE runs it here");
  }
  return plan_folder(path, std::move(*plan));
}

}  // namespace chipfit::lab
