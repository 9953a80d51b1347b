#include "tests/bench/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <memory>

#include "harness/telemetry/machine.hpp"
#include "kernels/cpu/peak.hpp"
#include "kernels/problem/case_id.hpp"
#include "tests/bench/table.hpp"

namespace chipfit::bench {
namespace {

std::string file_of(const Setting& setting, const std::string& plugin) {
  return fmt::format("{}/{}.so", setting.plugin_folder, plugin);
}

double rate(const Problem& problem, double time_s) {
  return static_cast<double>(flop(problem)) / time_s;
}

/// A side of a comparison: a plugin on its problem, and its shortest round so far.
struct Side {
  std::unique_ptr<Subject> subject;
  std::string refusal;  ///< why there is no subject
  double best_s = std::numeric_limits<double>::infinity();

  double round(int count) {
    const double time_s = subject->round(count);
    best_s = std::min(best_s, time_s);
    return time_s;
  }
};

Side open(const Setting& setting, const Player& player, const Problem& problem, int threads, oracle::Seed data,
          SecondOperand second) {
  Side side;
  try {
    side.subject = std::make_unique<Subject>(
        worker_config(setting.worker, file_of(setting, player.plugin), threads, player.options), problem, data, second);
    side.round(1);
  } catch (const WorkerFailure& failure) {
    side = {nullptr, fmt::format("{}: {}", player.plugin, failure.what()), side.best_s};
  }
  return side;
}

struct Rival {
  std::string name;
  Side side;
};

/// The fastest of the rivals in a few rounds in turn; the others' processes end. Without a subject where none computes
/// the problem: `refusal` has all reasons.
Rival best_of(const Setting& setting, const LibraryTable& table, const Problem& problem, int threads,
              oracle::Seed data) {
  std::vector<Rival> rivals;
  Rival none;
  for (const Player& player : table.rivals) {
    if (!std::filesystem::exists(file_of(setting, player.plugin))) continue;
    Side side = open(setting, player, problem, threads, data, table.second);
    if (side.subject)
      rivals.push_back({player.plugin, std::move(side)});
    else
      none.side.refusal += side.refusal + " ";
  }
  if (rivals.empty()) return none;
  for (int round = 0; rivals.size() > 1 && round < 4; ++round)
    for (Rival& rival : rivals) rival.side.round(problems_per_round(rival.side.best_s));
  return std::move(*std::ranges::min_element(rivals, {}, [](const Rival& rival) { return rival.side.best_s; }));
}

Pairs pairs_for(const Setting& setting, int threads) {
  Pairs pairs = setting.pairs;
  // Threads of OpenMP and OpenBLAS wait busily after their work: they must not meet the other side's.
  if (threads > 1) pairs.settle_s = 0.04;
  return pairs;
}

bool run_on(int threads, const Aim& aim, const LibraryTable& table, const Setting& setting) {
  pin_to_last_cpus(threads);
  const bool each = table.judged == Judged::every_line;
  WeightedMean mean;
  bool all = true;
  for (const WeightedProblem& each_problem : table.problems) {
    const Problem& problem = each_problem.problem;
    const oracle::Seed data = oracle::secret_seed();
    const std::string id = case_id(problem);
    Rival rival = best_of(setting, table, problem, threads, data);
    if (!rival.side.subject) {
      print_note(id, "no library computes it: " + rival.side.refusal);
      continue;
    }
    Side native = open(setting, {setting.native.plugin, table.options}, problem, threads, data, table.second);
    if (!native.subject) {
      print_note(id, "MISSED: " + native.refusal);
      all = false;
      continue;
    }
    native.round(1);
    const int native_count = problems_per_round(native.best_s), rival_count = problems_per_round(rival.side.best_s);
    const auto ratios = paired_ratios(
        pairs_for(setting, threads), [&] { return rival.side.round(rival_count); },
        [&] { return native.round(native_count); });
    const Line line{id, threads, rate(problem, native.best_s),
                    fmt::format("{}, {} {:.1f} ({})", native.subject->algorithm(), rival.name,
                                rate(problem, rival.side.best_s) / 1e9, rival.side.subject->algorithm())};
    all = print_line(line, ratios, each ? aim : Aim{}) && all;
    mean.add(ratios, each_problem.weight);
  }
  return print_mean(mean, threads, each ? Aim{} : aim) && all;
}

}  // namespace

bool run(const LibraryTable& table, const Setting& setting) {
  const bool any = std::ranges::any_of(
      table.rivals, [&](const Player& player) { return std::filesystem::exists(file_of(setting, player.plugin)); });
  print_heading(fmt::format("{}: rate of {} / rate of the library{}", table.title, setting.native.plugin,
                            table.judged == Judged::mean ? ", mean" : ""),
                {.low = table.aim});
  if (!any) {
    print_note("left out", "none of its libraries is installed");
    return true;
  }
  bool all = true;
  for (const int threads : table.threads) all = run_on(threads, {.low = table.aim}, table, setting) && all;
  for (const int threads : table.beside) run_on(threads, {}, table, setting);
  return all;
}

bool run(const LimitTable& table, const Setting& setting) {
  const bool peak = table.limit == Limit::register_peak;
  print_heading(fmt::format("{}: rate of {} / {}", table.title, setting.native.plugin,
                            peak ? "peak of the registers" : "read bandwidth"),
                {.low = table.aim});
  pin_to_last_cpus(1);
  const std::uint64_t cache = telemetry::describe_machine().last_level_cache_bytes;
  bool all = true;
  for (const Problem& problem : table.problems) {
    Side native = open(setting, setting.native, problem, 1, oracle::secret_seed(), SecondOperand::fresh);
    if (!native.subject) {
      print_note(case_id(problem), "MISSED: " + native.refusal);
      all = false;
      continue;
    }
    native.round(1);
    const int count = problems_per_round(native.best_s);
    double best_limit = 0;
    const auto least_time_s = [&] {
      const double limit =
          peak ? cpu::measure_peak(dtypes(problem).a, 1, 0.02).flop_per_s : cpu::measure_read_bandwidth(1, cache, 0.02);
      best_limit = std::max(best_limit, limit);
      return static_cast<double>(peak ? flop(problem) : traffic_bytes(problem)) / limit;
    };
    const auto ratios = paired_ratios(setting.pairs, least_time_s, [&] { return native.round(count); });
    const Line line{
        case_id(problem), 1, rate(problem, native.best_s),
        fmt::format("{}, limit {:.1f} {}", native.subject->algorithm(), best_limit / 1e9, peak ? "GFLOP/s" : "GB/s")};
    all = print_line(line, ratios, {.low = table.aim}) && all;
  }
  return all;
}

}  // namespace chipfit::bench
