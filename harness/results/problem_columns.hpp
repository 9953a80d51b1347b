#pragma once
#include "harness/results/row.hpp"
#include "kernels/problem/problem.hpp"

namespace chipfit::results {

/// Fills the columns that say which problem it is: op, element types, math, layout, extents. Not case_id.
void set_problem(Row&, const Problem&);

}  // namespace chipfit::results
