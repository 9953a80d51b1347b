// bench_result_rows OUT ROWS SEED: a result file as a run writes it, ten launches of each case, for timing what reads
// it.
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdio>
#include <random>
#include <string>

#include "harness/results/run_folder.hpp"
#include "tests/bench/square_row.hpp"

namespace {

using namespace chipfit;
using results::Column;

results::Row full_row(const GemmProblem& problem) {
  auto row = bench::square_row(problem);
  row.set(Column::run_id, "20261122T084733Z-lab1-5f2c");
  row.set(Column::host, "lab1");
  row.set(Column::engine, "local");
  row.set(Column::vendor, "AMD");
  row.set(Column::chip, "AMD EPYC");
  row.set(Column::device_uid, "AMD EPYC#0");
  row.set(Column::backend, "openblas");
  row.set(Column::backend_version, "1.0 (OpenBLAS 0.3.21 (Cooperlake))");
  row.set(Column::algorithm, "cblas_sgemm");
  row.set(Column::isolation, "L0");
  row.set(Column::rounds_checked, 4);
  for (const Column column : {Column::time_ci_low_s, Column::time_ci_high_s, Column::time_min_s, Column::time_mean_s,
                              Column::time_stddev_s, Column::latency_p50_s, Column::latency_p95_s, Column::prepare_s})
    row.set(column, 0.00012345678901234567);
  for (const Column column : {Column::rate_flop_per_s, Column::rate_proven_flop_per_s, Column::traffic_byte_per_s,
                              Column::peak_empirical_flop_per_s})
    row.set(column, 123456789012.34567);
  row.set(Column::work_inimage_flop, flop(problem));
  row.set(Column::grade_e, 1.2345678901234567);
  row.set(Column::grade, "f32");
  row.set(Column::row_max_over_median, 1.2345678901234567);
  row.set(Column::err_backward, 1.2345678901234567e-08);
  row.set(Column::repeatable, 1);
  return row;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return std::fprintf(stderr, "usage: bench_result_rows OUT ROWS SEED\n"), 2;
  const long rows = std::atol(argv[2]);
  std::mt19937_64 random(static_cast<std::uint64_t>(std::atoll(argv[3])));
  std::normal_distribution<double> normal;
  std::FILE* file = std::fopen(argv[1], "w");
  if (file == nullptr) return std::perror(argv[1]), 74;
  fmt::print(file, "{}\n", results::header_line());
  results::Row row;
  GemmProblem problem{.m = 1, .n = 64, .k = 64};
  for (long i = 0; i < rows; ++i) {
    if (i % 10 == 0) {
      ++problem.m;
      row = full_row(problem);
    }
    row.set(Column::launch, i % 10 + 1);
    row.set(Column::time_median_s, 1e-6 * static_cast<double>(problem.m) * std::exp(0.005 * normal(random)));
    fmt::print(file, "{}", results::to_line(row));
  }
  return std::fclose(file) == 0 ? 0 : 74;
}
