#pragma once
#include <nlohmann/json.hpp>

#include "harness/cli/console.hpp"
#include "kernels/base/result.hpp"

namespace chipfit::cli {

/// Indented JSON with a final LF on stdout; text that is not UTF-8 is replaced, never thrown at the user.
void print_json(const nlohmann::ordered_json&, Console&);

nlohmann::ordered_json to_json(const Error&);  ///< {"what", "where", "hint"}

}  // namespace chipfit::cli
