#pragma once
#include <string>

#include "harness/cli/console.hpp"
#include "harness/fleet/totals.hpp"

namespace chipfit::cli {

enum class NodeTable { no, yes };

/// A fleet for people: totals by types, converted totals, index, outliers, rules; every device where that is asked for.
std::string fleet_text(const fleet::Fleet&, const Paper&, NodeTable);

}  // namespace chipfit::cli
