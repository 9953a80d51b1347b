#include "harness/lab/indexes.hpp"

#include <fmt/format.h>

namespace chipfit::lab {

std::string ranges(const std::vector<std::size_t>& indexes) {
  std::string text;
  for (std::size_t first = 0; first < indexes.size();) {
    std::size_t last = first;
    while (last + 1 < indexes.size() && indexes[last + 1] == indexes[last] + 1) ++last;
    text += text.empty() ? "" : ",";
    text += last == first ? std::to_string(indexes[first]) : fmt::format("{}-{}", indexes[first], indexes[last]);
    first = last + 1;
  }
  return text;
}

}  // namespace chipfit::lab
