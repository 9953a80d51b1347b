#pragma once
#include <vector>

#include "tests/bench/comparison.hpp"

namespace chipfit::bench {

/// What the project promises of its own CPU kernels.
std::vector<LibraryTable> library_tables();
std::vector<LimitTable> limit_tables();

}  // namespace chipfit::bench
