#include "harness/plan/tasks.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace chipfit::plan {
namespace {

/// How many of each a plan has; a task's index counts through them with the cases running fastest.
struct Extents {
  std::size_t nodes, device_groups, case_groups, cases_in_group;
};

bool has_devices_together(const Plan& plan) {
  return plan.order == Order::interleaved || !plan.division.nodes.empty() || plan.division.cases_per_task == 0;
}

Extents extents(const Plan& plan) {
  const std::size_t cases = std::max<std::size_t>(1, plan.cases.size());
  const auto asked = static_cast<std::size_t>(std::max(0, plan.division.cases_per_task));
  const std::size_t in_group = asked == 0 ? cases : std::min(asked, cases);
  return {std::max<std::size_t>(1, plan.division.nodes.size()),
          has_devices_together(plan) ? 1 : std::max<std::size_t>(1, plan.devices.size()),
          (cases + in_group - 1) / in_group, in_group};
}

}  // namespace

std::size_t task_count(const Plan& plan) {
  const auto e = extents(plan);
  return e.nodes * e.device_groups * e.case_groups;
}

Result<Task> task(const Plan& plan, std::size_t index) {
  const auto e = extents(plan);
  if (const auto count = task_count(plan); index >= count) {
    return fail(Error::Kind::usage, fmt::format("there is no task {}, the plan has tasks 0 to {}", index, count - 1));
  }
  Task task;
  task.index = index;
  const std::size_t device_group = index / e.case_groups % e.device_groups;
  if (!plan.division.nodes.empty()) task.node = plan.division.nodes[index / e.case_groups / e.device_groups];
  task.first_case = index % e.case_groups * e.cases_in_group;
  task.cases = std::min(e.cases_in_group, plan.cases.size() - task.first_case);
  if (has_devices_together(plan)) {
    task.devices = plan.devices.size();
  } else {
    task.first_device = device_group;
    task.devices = 1;
    task.backend = plan.devices[device_group].backend;
  }
  return task;
}

Plan plan_of(const Plan& plan, const Task& task) {
  // Member by member: the whole plan's lists would be copied once for every task.
  Plan part;
  part.launches = plan.launches;
  part.order = plan.order;
  part.mode = plan.mode;
  part.isolation = plan.isolation;
  part.sustained_s = plan.sustained_s;
  part.time_s = plan.time_s;
  part.ci_relative = plan.ci_relative;
  const auto cases = plan.cases.begin() + static_cast<std::ptrdiff_t>(task.first_case);
  const auto devices = plan.devices.begin() + static_cast<std::ptrdiff_t>(task.first_device);
  part.cases.assign(cases, cases + static_cast<std::ptrdiff_t>(task.cases));
  part.devices.assign(devices, devices + static_cast<std::ptrdiff_t>(task.devices));
  return part;
}

std::size_t row_count(const Plan& plan, const Task& task) {
  return task.cases * task.devices * static_cast<std::size_t>(plan.launches);
}

}  // namespace chipfit::plan
