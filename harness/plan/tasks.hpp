#pragma once
#include <cstddef>
#include <string>

#include "harness/plan/plan.hpp"

namespace chipfit::plan {

/// What one machine does in one go: all launches of some cases on some devices of a divided plan.
struct Task {
  std::size_t index = 0;
  std::string node;     ///< the machine that it is for; empty: any
  std::string backend;  ///< of its device; empty: it has all devices of the plan
  std::size_t first_case = 0, cases = 0;
  std::size_t first_device = 0, devices = 0;
};

/// Tasks of a plan: machines of a census × devices × groups of at most cases_per_task cases, in this order. Where
/// devices take turns (interleaved), and in a census, a task has all devices. An undivided plan is one task.
std::size_t task_count(const Plan&);

/// Error (usage): no such task.
Result<Task> task(const Plan&, std::size_t index);

/// The undivided plan of a task alone.
Plan plan_of(const Plan&, const Task&);

/// Rows that a task has to give.
std::size_t row_count(const Plan&, const Task&);

}  // namespace chipfit::plan
