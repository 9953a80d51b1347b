#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/results/row.hpp"
#include "kernels/base/result.hpp"

namespace chipfit::compare {

/// What a difference in a column means for a comparison.
enum class KeyClass {
  identity,  ///< which problem it is: rows that differ are not matched
  rule,      ///< how it was measured: rows that differ are not comparable; blank means unknown
  subject,   ///< who computed: the thing compared
  note,      ///< worth a footnote
  value,     ///< measured, or bookkeeping: no key
};

/// Something rows can be selected and grouped by: a column of results.csv, or "input", the file a row comes from.
struct Key {
  std::optional<results::Column> column;  ///< none: input
  friend bool operator==(const Key&, const Key&) = default;
};
std::string_view name(const Key&);
KeyClass class_of(const Key&);

/// Errors (usage) with did-you-mean: not a column, or one that holds a measured value.
Result<Key> parse_key(std::string_view);
/// Names joined by commas.
Result<std::vector<Key>> parse_keys(std::string_view);

/// The columns whose values a row's conditions consist of: all rules, subjects and notes.
std::span<const results::Column> condition_columns();

/// The value by which rows of a rule column are compared: of harness_version the part before the first dot, else the
/// value itself.
std::string_view rule_value(results::Column, std::string_view text);

}  // namespace chipfit::compare
