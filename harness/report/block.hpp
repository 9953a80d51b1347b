#pragma once
#include <string>

#include "harness/report/model.hpp"

namespace chipfit::report {

/// The rows for the page's scripts: columns as JSON, deflated (zlib), base64. Numbers that are not in the static tables
/// keep six significant digits. Telemetry is thinned to at most 1,500 readings a device, the extremes kept.
std::string data_block(const Model&);

}  // namespace chipfit::report
