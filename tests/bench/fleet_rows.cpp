// bench_fleet_rows OUT NODES CASES SEED: one result file of NODES synthetic nodes with one device each, which all ran
// the same CASES square GEMMs in f32 or bf16 by turns, for timing what reads a fleet. Prints for each type the sum over
// the nodes of the proven rate of the largest GEMM, which is what `chipfit fleet` has to find.
#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "harness/results/run_folder.hpp"
#include "tests/bench/square_row.hpp"

namespace {

using namespace chipfit;
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

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return std::fprintf(stderr, "usage: bench_fleet_rows OUT NODES CASES SEED\n"), 2;
  const long nodes = std::atol(argv[2]), cases = std::atol(argv[3]);
  std::mt19937_64 random(static_cast<std::uint64_t>(std::atoll(argv[4])));
  std::normal_distribution<double> normal;
  std::FILE* file = std::fopen(argv[1], "w");
  if (file == nullptr) return std::perror(argv[1]), 74;
  fmt::print(file, "{}\n", results::header_line());
  std::vector<results::Row> rows;
  std::vector<std::string> types;
  for (long c = 0; c < cases; ++c) {
    const std::int64_t side = 64 * (c / 2 + 1);
    types.emplace_back(c % 2 == 0 ? "f32" : "bf16");
    rows.push_back(
        row_of({.m = side, .n = side, .k = side, .dtypes = *default_combo(c % 2 == 0 ? Dtype::f32 : Dtype::bf16)}));
  }
  std::map<std::string, double> sums;
  for (long n = 0; n < nodes; ++n) {
    const double speed = std::exp(0.01 * normal(random));
    for (long c = 0; c < cases; ++c) {
      auto& row = rows[static_cast<std::size_t>(c)];
      const auto& of = types[static_cast<std::size_t>(c)];
      const double peak = of == "f32" ? 5e13 : 4e14, size = static_cast<double>(c / 2 + 1);
      const double rate = speed * 0.8 * peak * size / (size + 5) * std::exp(0.003 * normal(random));
      const double work = *row.real(Column::work_flop);
      row.set(Column::run_id, fmt::format("20261122T084733Z-node{:05}-5f2c", n));
      row.set(Column::host, fmt::format("node{:05}", n));
      row.set(Column::device_uid, fmt::format("GPU-{:08x}-acme-x1", n));
      row.set(Column::time_median_s, work / rate);
      for (const Column column : {Column::time_ci_low_s, Column::time_ci_high_s, Column::time_min_s,
                                  Column::time_mean_s, Column::latency_p50_s})
        row.set(column, work / rate);
      row.set(Column::rate_flop_per_s, rate);
      row.set(Column::rate_proven_flop_per_s, rate);
      row.set(Column::peak_flop_per_s, peak);
      row.set(Column::peak_source, "claimed");
      row.set(Column::power_mean_w, 350 + normal(random));
      row.set(Column::energy_source, "nvml");
      row.set(Column::energy_grade, "indicative");
      fmt::print(file, "{}", results::to_line(row));
      if (c + 2 >= cases) sums[of] += rate;
    }
  }
  for (const auto& [of, sum] : sums) fmt::print("{} {}\n", of, sum);
  return std::fclose(file) == 0 ? 0 : 74;
}
