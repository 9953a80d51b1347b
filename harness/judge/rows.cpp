#include "harness/judge/rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "harness/results/problem_columns.hpp"
#include "harness/results/run_folder.hpp"
#include "harness/stats/median_ci.hpp"
#include "harness/wire/text.hpp"
#include "kernels/base/csv.hpp"

namespace chipfit::judge {
namespace {

using results::Column;
using results::Row;

void set_device(Row& row, const DeviceFacts& facts) {
  const chipfit_device_info& d = facts.device;
  row.set(Column::vendor, wire::field_text(d.vendor));
  row.set(Column::chip, wire::field_text(d.name));
  row.set(Column::device_uid, facts.uid);
  row.set(Column::device_index, static_cast<std::int64_t>(facts.index));
  row.set(Column::backend, facts.backend);
  row.set(Column::backend_version, facts.plugin.version);
  row.set(Column::backend_sha256, facts.library_sha256);
  row.set(Column::driver, wire::field_text(d.driver));
  row.set(Column::runtime, wire::field_text(d.runtime));
  if (d.threads > 0) row.set(Column::threads, static_cast<std::int64_t>(d.threads));
}

void set_conditions(Row& row, std::vector<Condition> conditions) {
  std::string joined;
  for (const Condition condition : conditions) {
    if (!joined.empty()) joined += ';';
    joined += name(condition);
  }
  row.set(Column::conditions, joined);
}

void set_rates(Row& row, const Outcome& outcome, const Problem& problem) {
  const double work = static_cast<double>(flop(problem));
  const auto& rounds = outcome.round_s;
  const double count = static_cast<double>(rounds.size());
  const double mean = std::accumulate(rounds.begin(), rounds.end(), 0.0) / count;
  double squares = 0;
  for (const double s : rounds) squares += (s - mean) * (s - mean);
  row.set(Column::time_median_s, outcome.time.median);
  row.set(Column::time_ci_low_s, outcome.time.low);
  row.set(Column::time_ci_high_s, outcome.time.high);
  row.set(Column::time_min_s, *std::min_element(rounds.begin(), rounds.end()));
  row.set(Column::time_mean_s, mean);
  if (rounds.size() > 1) row.set(Column::time_stddev_s, std::sqrt(squares / (count - 1)));
  row.set(Column::rate_flop_per_s, work / outcome.time.median);
  row.set(Column::traffic_byte_per_s, static_cast<double>(traffic_bytes(problem)) / outcome.time.median);
  // A quantile needs samples on both of its sides.
  const auto& each = outcome.latency_s;
  if (!each.empty()) row.set(Column::latency_p50_s, stats::quantile(each, 0.50));
  if (each.size() >= 20) row.set(Column::latency_p95_s, stats::quantile(each, 0.95));
  if (each.size() >= 100) row.set(Column::latency_p99_s, stats::quantile(each, 0.99));
  const Proven& proven = outcome.proven;
  row.set(Column::proven_mode, name(proven.mode));
  if (proven.mode == Proven::Mode::accumulate) row.set(Column::rate_proven_flop_per_s, work / proven.receipt_s);
  if (proven.mode == Proven::Mode::bracketed) {
    row.set(Column::rate_bracket_low_flop_per_s, work / proven.receipt_s);
    row.set(Column::rate_bracket_high_flop_per_s, work / proven.sync_s);
  }
}

}  // namespace

double claimed_peak(const chipfit_device_info& device, const Problem& problem) {
  const DtypeCombo& types = dtypes(problem);
  double best = 0;
  for (std::uint32_t i = 0; i < std::min<std::uint32_t>(device.peak_count, CHIPFIT_MAX_PEAKS); ++i) {
    const chipfit_peak& peak = device.peaks[i];
    if (peak.dtype_in == static_cast<std::uint32_t>(types.a) &&
        peak.dtype_acc == static_cast<std::uint32_t>(types.acc) &&
        peak.math == static_cast<std::uint32_t>(math(problem)))
      best = std::max(best, peak.flop_per_s);
  }
  return best;
}

Row make_row(const RunFacts& run, const plan::PlannedCase& planned, const DeviceFacts& facts, int launch,
             const Outcome& outcome, double peak_empirical_flop_per_s) {
  Row row;
  row.set(Column::schema, "result-v1");
  row.set(Column::run_id, run.run_id);
  row.set(Column::timestamp_utc, results::utc_timestamp());
  row.set(Column::lab, run.lab);
  row.set(Column::host, run.host);
  row.set(Column::engine, "local");
  row.set(Column::launch, static_cast<std::int64_t>(launch));
  row.set(Column::suite, planned.suite);
  row.set(Column::suite_sha256, planned.suite_sha256);
  row.set(Column::case_id, planned.case_id);
  row.set(Column::count, planned.count);
  row.set(Column::application, planned.application);
  results::set_problem(row, planned.problem);
  set_device(row, facts);
  row.set(Column::devices_active, outcome.devices_active);
  row.set(Column::algorithm, outcome.algorithm);
  row.set(Column::fill, "uniform");
  row.set(Column::cache_mode, facts.device.view_alignment == 0 ? "buffers" : "views");
  row.set(Column::clock_mode, "real");
  row.set(Column::isolation, facts.isolation.empty() ? run.isolation : facts.isolation);
  row.set(Column::provenance, name(run.provenance));
  row.set(Column::verdict, info(outcome.verdict).name);
  row.set(Column::reason, outcome.reason);

  const bool measured = outcome.verdict == Verdict::ok && !outcome.round_s.empty();
  const double claimed = claimed_peak(facts.device, planned.problem);
  std::vector<Condition> conditions = outcome.conditions;
  if (measured) {
    set_rates(row, outcome, planned.problem);
    const double rate = static_cast<double>(flop(planned.problem)) / outcome.time.median;
    const double ceiling = claimed > 0 ? claimed : peak_empirical_flop_per_s;
    if (ceiling > 0 && rate > 1.02 * ceiling) conditions.push_back(Condition::implausible);
    row.set(Column::grade_e, outcome.checks.grade_e);
    row.set(Column::grade, outcome.checks.grade);
    row.set(Column::row_max_over_median, outcome.checks.row_max_over_median);
    if (outcome.checks.err_backward) row.set(Column::err_backward, *outcome.checks.err_backward);
    // An estimate from a thousand outputs is good to a tenth of a bit.
    if (const auto bits = outcome.checks.acc_bits_implied)
      row.set(Column::acc_bits_implied, std::round(*bits * 10) / 10);
  }
  set_conditions(row, conditions);
  row.set(Column::rounds, static_cast<std::int64_t>(outcome.round_s.size()));
  row.set(Column::rounds_checked, static_cast<std::int64_t>(outcome.rounds_checked));
  if (outcome.prepare_s > 0) row.set(Column::prepare_s, outcome.prepare_s);
  row.set(Column::work_flop, flop(planned.problem));
  row.set(Column::work_inimage_flop, flop_in_image(planned.problem));
  row.set(Column::traffic_byte, traffic_bytes(planned.problem));
  if (claimed > 0) {
    row.set(Column::peak_flop_per_s, claimed);
    row.set(Column::peak_source, "claimed");
  }
  if (peak_empirical_flop_per_s > 0) row.set(Column::peak_empirical_flop_per_s, peak_empirical_flop_per_s);
  row.set(Column::check, outcome.checks.methods.empty() ? "none" : outcome.checks.methods);
  if (outcome.repeatable) row.set(Column::repeatable, std::int64_t{*outcome.repeatable ? 1 : 0});
  row.set(Column::harness_version, run.harness_version);
  row.set(Column::plan_sha256, run.plan_sha256);
  return row;
}

std::string sample_lines(const RunFacts& run, const plan::PlannedCase& planned, const DeviceFacts& facts, int launch,
                         const Outcome& outcome) {
  std::string lines;
  const std::string head = csv::line({run.run_id, planned.case_id, facts.backend, facts.uid, std::to_string(launch)});
  for (std::size_t round = 0; round < outcome.round_s.size(); ++round)
    lines += fmt::format("{},{},{},{},\n", head, round, outcome.problems_per_round, outcome.round_s[round]);
  return lines;
}

}  // namespace chipfit::judge
