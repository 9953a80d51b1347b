#include "harness/compare/keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "kernels/base/did_you_mean.hpp"

namespace chipfit::compare {
namespace {

using results::Column;

struct Classified {
  Column column;
  KeyClass is;
};

// The order is that in which a mismatch is named: what most people would look for first.
constexpr std::array kConditions{
    Classified{Column::backend, KeyClass::subject},
    Classified{Column::chip, KeyClass::subject},
    Classified{Column::device_index, KeyClass::subject},
    Classified{Column::host, KeyClass::subject},
    Classified{Column::driver, KeyClass::subject},
    Classified{Column::runtime, KeyClass::subject},
    Classified{Column::threads, KeyClass::subject},
    Classified{Column::backend_version, KeyClass::subject},
    Classified{Column::backend_sha256, KeyClass::subject},
    Classified{Column::vendor, KeyClass::subject},
    Classified{Column::device_uid, KeyClass::subject},
    Classified{Column::fill, KeyClass::rule},
    Classified{Column::cache_mode, KeyClass::rule},
    Classified{Column::clock_mode, KeyClass::rule},
    Classified{Column::devices_active, KeyClass::rule},
    Classified{Column::harness_version, KeyClass::rule},
    Classified{Column::isolation, KeyClass::note},
    Classified{Column::provenance, KeyClass::note},
    Classified{Column::suite, KeyClass::note},
    Classified{Column::suite_sha256, KeyClass::note},
    Classified{Column::energy_source, KeyClass::note},
    Classified{Column::lab, KeyClass::note},
    Classified{Column::engine, KeyClass::note},
};

constexpr std::array kIdentity{
    Column::case_id,   Column::op,       Column::direction, Column::dtype_a, Column::dtype_b, Column::dtype_acc,
    Column::dtype_out, Column::math,     Column::layout,    Column::m,       Column::n,       Column::k,
    Column::batch,     Column::trans_a,  Column::trans_b,   Column::conv_n,  Column::conv_c,  Column::conv_h,
    Column::conv_w,    Column::conv_k,   Column::conv_r,    Column::conv_s,  Column::pad_h,   Column::pad_w,
    Column::stride_h,  Column::stride_w, Column::dil_h,     Column::dil_w,   Column::groups};

// Selected by, though not compared.
constexpr std::array kOther{Column::run_id, Column::launch, Column::application, Column::algorithm,  Column::verdict,
                            Column::check,  Column::grade,  Column::conditions,  Column::proven_mode};

}  // namespace

std::string_view name(const Key& key) {
  return key.column ? results::info(*key.column).name : std::string_view("input");
}

KeyClass class_of(const Key& key) {
  if (!key.column) return KeyClass::subject;
  const auto found = std::ranges::find(kConditions, *key.column, &Classified::column);
  if (found != kConditions.end()) return found->is;
  return std::ranges::find(kIdentity, *key.column) != kIdentity.end() ? KeyClass::identity : KeyClass::value;
}

Result<Key> parse_key(std::string_view text) {
  if (text == "input") return Key{};
  const auto column = results::find_column(text);
  const bool may_select =
      column && (class_of({column}) != KeyClass::value || std::ranges::find(kOther, *column) != kOther.end());
  if (may_select) return Key{column};
  if (column)
    return fail(Error::Kind::usage, fmt::format("'{}' is measured: rows cannot be grouped or selected by it", text));
  std::vector<std::string> names{"input"};
  for (const auto& each : results::all_columns()) names.emplace_back(each.name);
  const std::string suggestion = did_you_mean(text, names);
  return fail(Error::Kind::usage, fmt::format("'{}' is no column of a result file", text), {},
              suggestion.empty() ? "docs/result-columns.md lists them; \"input\" stands for the file" : suggestion);
}

Result<std::vector<Key>> parse_keys(std::string_view text) {
  std::vector<Key> keys;
  while (true) {
    const auto comma = text.find(',');
    const auto key = parse_key(text.substr(0, comma));
    if (!key) return pass_on(key.error());
    if (std::ranges::find(keys, *key) == keys.end()) keys.push_back(*key);
    if (comma == std::string_view::npos) return keys;
    text.remove_prefix(comma + 1);
  }
}

std::span<const Column> condition_columns() {
  static constexpr auto columns = [] {
    std::array<Column, kConditions.size()> out{};
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = kConditions[i].column;
    return out;
  }();
  return columns;
}

std::string_view rule_value(Column column, std::string_view text) {
  return column == Column::harness_version ? text.substr(0, text.find('.')) : text;
}

}  // namespace chipfit::compare
