#pragma once
#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "harness/report/evidence.hpp"

namespace chipfit::report {

using RowIndex = std::size_t;
using Rows = std::vector<RowIndex>;

/// What is judged: a chip; with its backend where any chip of the report was driven by several.
struct Subject {
  std::string vendor, chip, backend;
  std::string label;  ///< "H100" or "H100 · cuda"
  Rows rows;
};

/// The evidence in the order in which a report speaks of it.
struct Model {
  explicit Model(Evidence);

  Evidence evidence;
  std::vector<Subject> subjects;        ///< in the order of their first rows
  std::vector<std::string> types;       ///< of each row: "f32", "f32:tf32", "bf16-f32-f32"
  std::vector<std::size_t> subject_of;  ///< of each row

  const results::Row& row(RowIndex i) const { return evidence.rows[i]; }
  const std::string& text(RowIndex i, results::Column column) const { return row(i).text(column); }
  std::optional<double> real(RowIndex i, results::Column column) const {
    return column == results::Column::rate_flop_per_s ? rates_[i] : row(i).real(column);
  }
  bool rated(RowIndex i) const { return rates_[i].has_value(); }

 private:
  std::vector<std::optional<double>> rates_;  // asked for again and again, read once
};

/// Chips by name, each once, in the order of their first rows.
std::vector<std::string> chips_of(const Model&);
/// What a title names: of the chips that were measured, or of all where every row was published elsewhere, the first
/// three.
struct TitleChips {
  std::vector<std::string> names;
  bool more = false;  ///< there are others
};
TitleChips title_chips(const Model&);

/// Types and math mode of a row, as its case id names them.
std::string types_of(const results::Row&);
/// "gemm", "conv_fwd" …
std::string op_of(const results::Row&);
/// The suite and, where its layers are named for a token count ("qkv_m16"), that count: "llama3_70b M=16".
std::string model_column(const results::Row&);
/// Wide types first, as data sheets have them.
bool types_before(const std::string&, const std::string&);

/// OK and UNCHECKED.
bool passed(const results::Row&);
/// Neither UNSUPPORTED nor TOO_BIG: the chip said that it can.
bool attempted(const results::Row&);
/// Rated, and the judge did not doubt its steadiness (NOT_STEADY, CI_NOT_REACHED, THROTTLED, POWER_LIMITED).
bool steady(const results::Row&);

/// False where the rate is above the device's peak (IMPLAUSIBLE): a call for review, never a record.
bool plausible(const results::Row&);

/// The row with the highest plausible rate, of implausible ones only where there is no other; none where no row is
/// rated.
std::optional<RowIndex> best_row(const Model&, const Rows&);
/// The row that stands for repeats of one case: of the rated ones that with the median rate, the lower of two.
std::optional<RowIndex> median_row(const Model&, const Rows&);

/// Rows under each value of a key, keys in the order of first appearance.
template <class Key>
std::vector<std::pair<std::string, Rows>> grouped(const Rows& rows, Key key) {
  std::vector<std::pair<std::string, Rows>> groups;
  std::unordered_map<std::string, std::size_t> at;
  for (const RowIndex row : rows) {
    std::string name = key(row);
    const auto [found, is_new] = at.try_emplace(name, groups.size());
    if (is_new) groups.emplace_back(std::move(name), Rows{});
    groups[found->second].second.push_back(row);
  }
  return groups;
}

Rows all_rows(const Model&);

/// Rows by a number, the greatest first, equal ones in their order; the number of each is taken once.
template <class Number>
Rows by_descending(const Rows& rows, Number number) {
  std::vector<std::pair<double, RowIndex>> keyed;
  for (const RowIndex i : rows) keyed.emplace_back(number(i), i);
  std::ranges::stable_sort(keyed, std::greater<>(), &std::pair<double, RowIndex>::first);
  Rows sorted;
  for (const auto& [key, i] : keyed) sorted.push_back(i);
  return sorted;
}

/// Σ FLOP·count of the passing cases over that of all, and Σ FLOP·count / Σ time·count over the passing ones.
struct Weighted {
  double share = 0;
  std::optional<double> rate_flop_per_s;
};
Weighted weighted(const Model&, const Rows&);

/// The command that measures a row again; empty for published rows.
std::string reproduction_line(const results::Row&);

}  // namespace chipfit::report
