#pragma once
#include <string>

#include "harness/results/problem_columns.hpp"
#include "harness/results/provenance.hpp"
#include "harness/results/row.hpp"
#include "kernels/problem/case_id.hpp"

namespace chipfit::bench {

/// What rows of the square suite have in common, whoever measured: one problem on one device, right, by its user.
inline results::Row square_row(const GemmProblem& problem) {
  using results::Column;
  results::Row row;
  row.set(Column::timestamp_utc, "2026-11-22T08:47:33Z");
  row.set(Column::suite, "square");
  row.set(Column::suite_sha256, std::string(64, 'a'));
  row.set(Column::case_id, case_id(problem));
  results::set_problem(row, problem);
  row.set(Column::count, 1);
  row.set(Column::device_index, 0);
  row.set(Column::devices_active, 1);
  row.set(Column::backend_sha256, std::string(64, 'b'));
  row.set(Column::threads, 2);
  row.set(Column::fill, "uniform");
  row.set(Column::cache_mode, "views");
  row.set(Column::clock_mode, "real");
  row.set(Column::provenance, results::name(results::Provenance::self_run));
  row.set(Column::verdict, "OK");
  row.set(Column::rounds, 67);
  row.set(Column::work_flop, flop(problem));
  row.set(Column::proven_mode, "accumulate");
  row.set(Column::check, "exact;grade;projection");
  row.set(Column::harness_version, "0.1.0");
  row.set(Column::plan_sha256, std::string(64, 'c'));
  return row;
}

}  // namespace chipfit::bench
