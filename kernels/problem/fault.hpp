#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "kernels/problem/problem.hpp"

namespace chipfit {

/// The first rule that a problem breaks, and the part that breaks it.
struct Fault {
  std::string_view field;  ///< as in the columns of suites and results: "m", "conv_h", "stride_w", "dtypes", "math"
  std::string what;        ///< "stride 0 is not a stride"
  std::string hint;        ///< "strides start at 1"
};

/// What validate() reports, with the field for those who know where it stands in a file. Never overflows, whatever
/// the numbers.
std::optional<Fault> find_fault(const GemmProblem&);
std::optional<Fault> find_fault(const ConvProblem&);
std::optional<Fault> find_fault(const Problem&);

}  // namespace chipfit
