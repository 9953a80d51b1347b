#pragma once
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/problem/problem.hpp"
#include "kernels/suites/suite.hpp"

namespace chipfit::plan {

/// A problem with its identity in the suites of a plan. A problem that stands in two suites is planned once, under the
/// first suite.
struct PlannedCase {
  std::string case_id;
  Problem problem;
  std::string suite, suite_sha256;
  std::int64_t count = 1;
  std::string application, source;
};

/// One device of one backend, as asked for; resolved before the plan is frozen.
struct PlannedDevice {
  std::string backend;
  std::string library_sha256;
  std::uint32_t device_index = 0;
  std::string options;  ///< manifest's and command line's
};

/// In which order rows are measured: all launches of a case together; launch by launch with the devices taking turns;
/// or each launch of a case on all devices at the same time.
enum class Order { by_case, interleaved, simultaneous };

/// How a plan is cut into tasks for many machines.
struct Division {
  int cases_per_task = 0;          ///< at most so many cases in a task; 0: the plan is not divided
  std::vector<std::string> nodes;  ///< a census: every one of these machines measures all; empty: any machine may
  std::string harness_version;     ///< the only one whose parts count, see results::harness_version
};

/// Everything that decides which rows a run will have. Frozen: its hash names it.
struct Plan {
  std::vector<PlannedCase> cases;
  std::vector<PlannedDevice> devices;
  int launches = 1;
  Order order = Order::by_case;
  std::string mode;        ///< "quick" or "standard"
  std::string isolation;   ///< asked for: "L0" … or "in-process"
  double sustained_s = 0;  ///< work without a pause after each measurement, for power and energy; 0: none
  double time_s = 0;       ///< longest measurement of a case; 0: as the mode has it
  double ci_relative = 0;  ///< target half-width of the median's interval over the median; 0: as the mode has it
  Division division;
};

/// Cases of several suites, without repeats: the first suite keeps a problem, and its count. A suite without a name
/// stands for cases given one by one; they get no suite and no hash.
std::vector<PlannedCase> merge_suites(const std::vector<Suite>&);

/// Letters, digits, '_', '-', '.' and '@' (user@host), not starting with '-': what may stand in a script as it is.
bool is_node_name(std::string_view);

/// Canonical JSON and the SHA-256 of its bytes.
nlohmann::json to_json(const Plan&);
/// Errors (bad_data): `where` is the JSON pointer of what is wrong, "/cases/3/case_id". Unknown keys are refused: the
/// hash would not cover them.
Result<Plan> from_json(const nlohmann::json&);
std::string plan_sha256(const Plan&);

/// A plan's file: the canonical JSON, indented, with its hash; load_plan checks the hash. Errors: missing, bad_data at
/// file:line:column, or file and JSON pointer.
std::string plan_text(const Plan&);
Result<Plan> load_plan(const std::filesystem::path&);

}  // namespace chipfit::plan
