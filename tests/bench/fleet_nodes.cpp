#include "tests/bench/fleet_nodes.hpp"

#include <fmt/format.h>

#include <cmath>

#include "tests/bench/square_row.hpp"

namespace chipfit::bench {
namespace {

using results::Column;

results::Row row_of(const GemmProblem& problem) {
  auto row = bench::square_row(problem);
  row.set(Column::engine, "slurm");
  row.set(Column::launch, 1);
  row.set(Column::vendor, "Acme");
  row.set(Column::chip, "Acme X1");
  row.set(Column::backend, "acme");
  row.set(Column::backend_version, "1.0 (Acme BLAS 0.3.21)");
  row.set(Column::isolation, "L2");
  return row;
}

std::string type_of(std::size_t c) {
  return c % 2 == 0 ? "f32" : "bf16";
}

}  // namespace

FleetNodes::FleetNodes(long cases, unsigned long long seed) : random_(seed) {
  for (long c = 0; c < cases; ++c) {
    const std::int64_t side = 64 * (c / 2 + 1);
    problems_.push_back(
        {.m = side, .n = side, .k = side, .dtypes = *default_combo(c % 2 == 0 ? Dtype::f32 : Dtype::bf16)});
    rows_.push_back(row_of(problems_.back()));
  }
}

std::vector<results::Row>& FleetNodes::next(long n) {
  const double speed = std::exp(0.01 * normal_(random_));
  for (std::size_t c = 0; c < rows_.size(); ++c) {
    auto& row = rows_[c];
    const double peak = c % 2 == 0 ? 5e13 : 4e14, size = static_cast<double>(c / 2 + 1);
    const double rate = speed * 0.8 * peak * size / (size + 5) * std::exp(0.003 * normal_(random_));
    const double work = *row.real(Column::work_flop);
    row.set(Column::run_id, fmt::format("20261122T084733Z-node{:05}-5f2c", n));
    row.set(Column::host, fmt::format("node{:05}", n));
    row.set(Column::device_uid, fmt::format("GPU-{:08x}-acme-x1", n));
    for (const Column column : {Column::time_median_s, Column::time_ci_low_s, Column::time_ci_high_s,
                                Column::time_min_s, Column::time_mean_s, Column::latency_p50_s})
      row.set(column, work / rate);
    row.set(Column::rate_flop_per_s, rate);
    row.set(Column::rate_proven_flop_per_s, rate);
    row.set(Column::peak_flop_per_s, peak);
    row.set(Column::peak_source, "claimed");
    row.set(Column::power_mean_w, 350 + normal_(random_));
    row.set(Column::energy_source, "nvml");
    row.set(Column::energy_grade, "indicative");
    if (c + 2 >= rows_.size()) sums_[type_of(c)] += rate;
  }
  return rows_;
}

}  // namespace chipfit::bench
