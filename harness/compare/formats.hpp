#pragma once
#include <string>

#include "harness/compare/report.hpp"

namespace chipfit::compare {

/// The whole report as text of each format, base units, nothing shortened. Cases in the order of the files.
std::string to_markdown(const Report&);
/// One line per case and side; RFC 4180.
std::string to_csv(const Report&);
/// {"schema": "comparison-v1", "tables": [{"sides": […], "cases": […]}], …}
std::string to_json(const Report&);

/// "1.034": a ratio to people; more digits near 1 would be noise.
std::string ratio_text(double);

}  // namespace chipfit::compare
