#include "harness/fleet/types.hpp"

#include <algorithm>
#include <tuple>

namespace chipfit::fleet {

std::string types_of(std::string_view case_id, std::string_view math) {
  const auto first = case_id.find(':');
  if (first == std::string_view::npos) return {};
  std::string types(case_id.substr(first + 1, case_id.find(':', first + 1) - first - 1));
  if (!math.empty() && math != name(Math::strict)) types.append(":").append(math);
  return types;
}

Result<std::string> parse_types(std::string_view text) {
  const auto colon = text.find(':');
  const auto combo = parse_combo(text.substr(0, colon));
  if (!combo) return pass_on(combo.error());
  auto types = to_string(*combo);
  if (colon == std::string_view::npos) return types;
  const auto math = parse_math(text.substr(colon + 1));
  if (!math) return pass_on(math.error());
  return *math == Math::strict ? types : types.append(":").append(name(*math));
}

bool types_before(std::string_view a, std::string_view b) {
  const auto rank = [](std::string_view types) {
    const auto all = all_dtypes();
    const auto base = types.substr(0, types.find_first_of("-+:"));
    const auto found = std::ranges::find(all, base, &DtypeInfo::name);
    return std::make_tuple(found - all.begin(), types.size() > base.size(), types);
  };
  return rank(a) < rank(b);
}

}  // namespace chipfit::fleet
