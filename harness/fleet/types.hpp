#pragma once
#include <string>
#include <string_view>

#include "kernels/problem/dtype.hpp"

namespace chipfit::fleet {

/// What rates are added under: element types and, where it is not strict, the math mode: "f32", "f32:tf32",
/// "bf16-f32-f32". `case_id` and `math` as they stand in results.csv; empty for a text that is no case id.
std::string types_of(std::string_view case_id, std::string_view math);

/// The same from a scheme, in its canonical form. Errors (usage) name the part that is wrong, with the nearest name.
Result<std::string> parse_types(std::string_view);

/// Wide types first, as data sheets have them; of equal widths the one without math mode first.
bool types_before(std::string_view, std::string_view);

}  // namespace chipfit::fleet
