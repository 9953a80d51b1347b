#pragma once
#include <initializer_list>
#include <string_view>
#include <utility>

#include "harness/report/model.hpp"

namespace chipfit::report::testing {

using results::Column;

/// A rated row of chip "X" with backend "b", changed as told.
inline results::Row row(std::initializer_list<std::pair<Column, std::string_view>> changes = {}) {
  results::Row row;
  const std::initializer_list<std::pair<Column, std::string_view>> usual{{Column::schema, "result-v1"},
                                                                         {Column::case_id, "gemm:f32:NN:8x8x8"},
                                                                         {Column::op, "gemm"},
                                                                         {Column::suite, "s"},
                                                                         {Column::chip, "X"},
                                                                         {Column::backend, "b"},
                                                                         {Column::device_uid, "x-0"},
                                                                         {Column::device_index, "0"},
                                                                         {Column::launch, "1"},
                                                                         {Column::math, "strict"},
                                                                         {Column::verdict, "OK"},
                                                                         {Column::check, "exact"},
                                                                         {Column::provenance, "self-run"},
                                                                         {Column::work_flop, "1000"},
                                                                         {Column::count, "1"},
                                                                         {Column::time_median_s, "1e-06"},
                                                                         {Column::rate_flop_per_s, "1e+09"}};
  for (const auto& [column, text] : usual) row.set(column, text);
  for (const auto& [column, text] : changes) row.set(column, text);
  return row;
}

inline Model model(std::vector<results::Row> rows) {
  Evidence evidence;
  evidence.rows = std::move(rows);
  return Model(std::move(evidence));
}

}  // namespace chipfit::report::testing
