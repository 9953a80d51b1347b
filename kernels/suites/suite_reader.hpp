#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "kernels/suites/suite.hpp"

namespace chipfit {

/// A suite and every fault of its text, in the order of the file. The suite is complete only when there are none.
struct SuiteReading {
  Suite suite;
  std::vector<Error> faults;
};

/// Reads the text of a suite (format: kernels/suites/README.md). `path` is for error messages; the suite's name is
/// its last part without .csv. Never throws.
SuiteReading read_suite(const std::string& path, std::string_view text, const SuiteOverrides& = {});

}  // namespace chipfit
