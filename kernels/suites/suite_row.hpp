#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/suites/suite.hpp"

namespace chipfit {

/// Names of all columns a suite may have, in the order of the documentation.
std::span<const std::string> suite_columns();

/// One row of a suite as text: cells by column name, trimmed; a column that the file does not have is an empty cell.
using CellText = std::function<std::string_view(std::string_view column)>;

/// A fault in one cell.
struct CellFault {
  std::string column;
  std::string what;
  std::string hint;
};

/// A row with all its lists expanded, or everything that is wrong with it.
struct ExpandedRow {
  std::vector<SuiteCase> cases;
  std::vector<CellFault> faults;
};

/// Cases of a row in the order dtypes, directions, layouts, math modes (the last changes fastest). Math modes other
/// than strict are for f32: where a row names several dtypes, the others are planned once, strict.
ExpandedRow expand_row(const CellText&, const SuiteOverrides&);

}  // namespace chipfit
