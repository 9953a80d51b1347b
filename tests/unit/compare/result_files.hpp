#pragma once
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "harness/compare/report.hpp"
#include "harness/results/run_folder.hpp"
#include "tests/unit/results/temporary_folder.hpp"

namespace chipfit::compare::testing {

using results::Column;
using results::put;
using results::Row;
using results::to_text;
using Cells = std::vector<std::pair<Column, std::string>>;

/// A row as the judge writes it, on the machine lab1, with what the test cares about.
inline Row row(const std::string& case_id, int launch, double time_s, const Cells& cells = {}) {
  Row r;
  for (const auto& [column, text] : Cells{{Column::run_id, "run"},
                                          {Column::host, "lab1"},
                                          {Column::chip, "X1"},
                                          {Column::backend, "acme"},
                                          {Column::device_uid, "X1#0"},
                                          {Column::device_index, "0"},
                                          {Column::cache_mode, "views"},
                                          {Column::harness_version, "0.1.0"},
                                          {Column::verdict, "OK"}})
    r.set(column, text);
  r.set(Column::case_id, case_id);
  r.set(Column::launch, launch);
  if (time_s > 0) r.set(Column::time_median_s, time_s);
  for (const auto& [column, text] : cells) r.set(column, text);
  return r;
}

/// `n` launches about `time_s`, a third of a percent apart; `phase` tells two sides apart.
inline std::vector<Row> launches(const std::string& case_id, int n, double time_s, int phase = 0,
                                 const Cells& cells = {}) {
  std::vector<Row> rows;
  for (int i = 0; i < n; ++i)
    rows.push_back(row(case_id, i + 1, time_s * (1 + 0.003 * ((7 * i + 3 * phase) % 5 - 2)), cells));
  return rows;
}

inline std::vector<Row> together(const std::vector<std::vector<Row>>& parts) {
  std::vector<Row> all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace chipfit::compare::testing
