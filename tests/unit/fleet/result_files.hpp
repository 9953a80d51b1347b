#pragma once
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "harness/fleet/totals.hpp"
#include "harness/results/run_folder.hpp"
#include "tests/unit/results/temporary_folder.hpp"

namespace chipfit::fleet::testing {

using results::Column;
using results::Row;
using Cells = std::vector<std::pair<Column, std::string>>;

/// A judged row of a 1024³ f32 GEMM of suite square on device `uid` of chip X1, 2·1024³ FLOP, nominal peak 2e12.
inline Row gemm(const std::string& uid, double proven_flop_per_s, const Cells& cells = {}) {
  Row r;
  for (const auto& [column, text] : Cells{{Column::schema, "result-v1"},
                                          {Column::run_id, "20261101T000000Z-h1-0001"},
                                          {Column::host, "h1"},
                                          {Column::suite, "square"},
                                          {Column::case_id, "gemm:f32:NN:1024x1024x1024"},
                                          {Column::op, "gemm"},
                                          {Column::math, "strict"},
                                          {Column::launch, "1"},
                                          {Column::vendor, "Acme"},
                                          {Column::chip, "X1"},
                                          {Column::device_uid, uid},
                                          {Column::devices_active, "1"},
                                          {Column::backend, "acme"},
                                          {Column::provenance, "self"},
                                          {Column::verdict, "OK"},
                                          {Column::time_median_s, "0.001"},
                                          {Column::work_flop, "2147483648"},
                                          {Column::proven_mode, "accumulate"},
                                          {Column::peak_flop_per_s, "2e12"},
                                          {Column::peak_source, "claimed"}})
    r.set(column, text);
  r.set(Column::rate_proven_flop_per_s, proven_flop_per_s);
  for (const auto& [column, text] : cells) r.set(column, text);
  return r;
}

/// The same in bf16, nominal peak 8e12.
inline Row bf16(const std::string& uid, double proven_flop_per_s, Cells cells = {}) {
  cells.insert(cells.begin(), {{Column::case_id, "gemm:bf16:NN:1024x1024x1024"}, {Column::peak_flop_per_s, "8e12"}});
  return gemm(uid, proven_flop_per_s, cells);
}

/// A result file in a folder of its own.
struct File {
  results::TemporaryFolder folder;
  std::filesystem::path path;
  explicit File(const std::vector<Row>& rows) : path(folder / "rows.csv") {
    results::put(path, results::to_text(rows));
  }
};

inline Result<Roster> roster(const std::vector<Row>& rows, const Scheme& scheme = {}) {
  const File file(rows);
  return read_roster(std::vector{file.path}, scheme);
}

/// A fleet whose inputs are sound.
inline Fleet fleet(const std::vector<Row>& rows, const Scheme& scheme = {}) {
  auto read = roster(rows, scheme);
  if (!read) {
    ADD_FAILURE() << read.error().what << " " << read.error().where;
    return {};
  }
  return make_fleet(std::move(*read), scheme);
}

}  // namespace chipfit::fleet::testing
