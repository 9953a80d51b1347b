#pragma once
#include <string>

#include "harness/fleet/totals.hpp"

namespace chipfit::fleet {

/// Everything, base units, indented, with a final LF.
std::string to_json(const Fleet&);

/// The node table: one line per device and set of types. Cells as in results.csv, empty = not measured. Totals are
/// sums over lines of equal `types`; rates of unlike types are not to be added.
std::string to_csv(const Fleet&);

/// Class of the scheme that a device belongs to; empty: none.
std::string class_name(const Fleet&, const Device&);

}  // namespace chipfit::fleet
