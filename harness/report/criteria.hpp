#pragma once
#include <array>
#include <filesystem>
#include <optional>
#include <string_view>

#include "harness/report/figures.hpp"

namespace chipfit::report {

enum class Status { pass, conditional, fail };
std::string_view name(Status);  ///< "pass", "conditional", "fail"

/// One line of criteria.toml.
struct Criterion {
  std::string_view name;  ///< "correctness", "coverage", "stability", "efficiency"
  double minimum = 0;     ///< share of one
  Status consequence = Status::conditional;
};
using Criteria = std::array<Criterion, 4>;

/// criteria.toml as it is built in.
Result<Criteria> builtin_criteria();
/// The built-in ones with what a file changes. Errors: missing, io; bad_data with file:line:column for unknown names,
/// shares outside 0…1 and unknown consequences.
Result<Criteria> read_criteria(const std::filesystem::path&);

struct Finding {
  Criterion criterion;
  std::optional<Figure> measured;  ///< none: the rows cannot answer
  bool met = false;
};
struct Judgement {
  Status status = Status::pass;
  std::vector<Finding> findings;
};
/// Holds all rows of a report against the criteria.
Judgement judge(const Model&, const Criteria&);

}  // namespace chipfit::report
