#pragma once
#include <nlohmann/json.hpp>
#include <string>

#include "harness/cli/check_plugin.hpp"
#include "harness/cli/console.hpp"

namespace chipfit::cli {

/// For people: what was tried, each duty kept or broken, each finding with call, problem, what was seen, the likely
/// mend and the line that shows it again.
std::string check_text(const CheckedPlugin&, const Paper&);

/// The same as data: {"plugin", "passed", "seed", "duties", "findings", …}.
nlohmann::ordered_json check_json(const CheckedPlugin&);

}  // namespace chipfit::cli
