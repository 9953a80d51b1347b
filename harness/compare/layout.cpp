#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "harness/compare/report.hpp"

namespace chipfit::compare {
namespace {

using results::Column;

constexpr std::array kCandidates{Column::backend, Column::chip,   Column::device_index,   Column::host,
                                 Column::threads, Column::driver, Column::backend_version};

/// Values of `inner` that stand together with each value of `outer`.
std::map<std::string, std::set<std::string>> values_by(const Dataset& data, const std::vector<Key>& outer,
                                                       Column inner) {
  std::map<std::string, std::set<std::string>> values;
  for (std::uint32_t c = 0; c < data.conditions_count(); ++c) {
    std::string side;
    for (const Key& key : outer) side += std::string(data.value(c, key)) + '\t';
    values[side].insert(std::string(data.value(c, {inner})));
  }
  return values;
}

bool varies(const Dataset& data, Column column) {
  const auto values = values_by(data, {}, column);
  return !values.empty() && values.begin()->second.size() > 1;
}

/// Does the column split a side into parts that other sides have as well?
bool splits(const Dataset& data, const std::vector<Key>& sides, Column column) {
  const auto values = values_by(data, sides, column);
  const bool inside = std::ranges::any_of(values, [](const auto& side) { return side.second.size() > 1; });
  if (!inside) return false;
  std::map<std::string, int> sides_with;
  for (const auto& [side, texts] : values)
    for (const auto& text : texts) ++sides_with[text];
  return std::ranges::any_of(sides_with, [](const auto& each) { return each.second > 1; });
}

}  // namespace

ReportLayout default_layout(const Dataset& data, const ReportRequest& request) {
  ReportLayout layout{request.column, {}};
  if (layout.column.empty() && request.baseline) layout.column = {request.baseline->key};
  if (layout.column.empty() && data.inputs().size() > 1) layout.column = {Key{}};
  if (layout.column.empty())
    for (const Column column : kCandidates)
      if (layout.column.empty() && varies(data, column)) layout.column = {Key{column}};
  if (layout.column.empty()) layout.column = {Key{}};
  if (request.table) {
    layout.table = *request.table;
    return layout;
  }
  for (const Column column : kCandidates) {
    const Key key{column};
    if (std::ranges::find(layout.column, key) != layout.column.end()) continue;
    if (std::ranges::find(request.ignore, key) != request.ignore.end()) continue;
    auto so_far = layout.column;
    so_far.insert(so_far.end(), layout.table.begin(), layout.table.end());
    if (splits(data, so_far, column)) layout.table.push_back(key);
  }
  return layout;
}

}  // namespace chipfit::compare
