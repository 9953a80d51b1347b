#pragma once
#include <string>
#include <string_view>

#include "kernels/problem/problem.hpp"

namespace chipfit {

/// The stable, readable name of a problem:
///   gemm:<dtypes>:<NN|NT|TN|TT>:MxNxK[:b<batch>][:<math>][:acc]
///   conv_fwd|conv_bwd_data|conv_bwd_weights:<dtypes>:<nchw|nhwc>:n32c64h56w56:k64r3s3[:p1x1][:s1x1][:d1x1][:g1][:<math>][:acc]
/// Parts at their defaults (b1, p0x0, s1x1, d1x1, g1, strict, out = …) are left out.
std::string case_id(const Problem&);

/// Inverse of case_id; takes parts at their defaults too, in the order above. Never throws; numbers are checked
/// against 64 bits. Errors (usage) carry the column in `where` ("column 14") and say what was expected there. The
/// problem returned has passed validate().
Result<Problem> parse_case_id(std::string_view);

}  // namespace chipfit
