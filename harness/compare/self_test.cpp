#include "harness/compare/self_test.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <random>

#include "harness/stats/median_ci.hpp"

namespace chipfit::compare {
namespace {

/// Rounds on which the median of a virtual launch rests: the first scheduled look.
constexpr int virtual_rounds = 20;

template <class T>
void shuffle(std::vector<T>& x, std::mt19937_64& random) {
  for (std::size_t i = x.size(); i > 1; --i) std::swap(x[i - 1], x[random() % i]);
}

bool is_flag(const stats::CaseComparison& result) {
  return result.call == stats::Call::slower || result.call == stats::Call::faster;
}

/// Second side over first of each launch: the median over the cases.
std::vector<double> launch_ratios(std::span<const stats::LogLaunches> cases, int launches) {
  std::vector<double> ratios;
  for (std::size_t l = 0; l < static_cast<std::size_t>(launches); ++l) {
    std::vector<double> logs;
    for (const auto& each : cases) logs.push_back(each.b[l] - each.a[l]);
    ratios.push_back(std::exp(stats::quantile(logs, 0.5)));
  }
  return ratios;
}

}  // namespace

AaFigures aa_figures(std::span<const stats::LogLaunches> cases, const stats::ComparisonRule& rule) {
  AaFigures figures;
  figures.cases = static_cast<int>(cases.size());
  figures.comparison = stats::compare_launches(cases, rule);
  figures.tested = figures.comparison.tested;
  for (const auto& each : cases) {
    const int fewer = static_cast<int>(std::min(each.a.size(), each.b.size()));
    figures.launches = figures.launches == 0 ? fewer : std::min(figures.launches, fewer);
  }
  std::vector<double> p, sizes;
  for (const auto& result : figures.comparison.cases) {
    sizes.push_back(std::abs(result.log_ratio));
    if (result.test == stats::LaunchTest::none) continue;
    p.push_back(result.p_point);
    figures.false_flags += is_flag(result);
    figures.second_slower += result.log_ratio > 0;
  }
  figures.false_flag_rate = stats::clopper_pearson(figures.false_flags, figures.tested);
  figures.second_over_first = stats::geometric_mean(launch_ratios(cases, figures.launches));
  figures.uniformity = stats::uniformity(p);
  figures.delta = std::expm1(stats::quantile(sizes, 0.995));
  if (!sizes.empty()) figures.largest_ratio = std::exp(std::ranges::max(sizes));
  return figures;
}

std::vector<PowerPoint> power_curve(const DrawReport& draw, const PowerRequest& request) {
  std::vector<PowerPoint> points;
  std::mt19937_64 random(request.seed);
  for (const double slowdown : request.slowdowns) {
    PowerPoint point{.slowdown = slowdown};
    for (int r = 0; r < request.reports; ++r) {
      auto cases = draw();
      std::vector<std::size_t> order(cases.size());
      std::iota(order.begin(), order.end(), std::size_t{0});
      shuffle(order, random);
      const auto slowed = std::min<std::size_t>(static_cast<std::size_t>(std::max(request.slowed, 1)), cases.size());
      for (std::size_t i = 0; i < slowed; ++i)
        for (double& x : cases[order[i]].b) x += std::log1p(slowdown);
      const auto result = stats::compare_launches(cases, request.rule);
      for (std::size_t i = 0; i < order.size(); ++i) {
        const auto& one = result.cases[order[i]];
        if (i < slowed)
          point.found += one.call == stats::Call::slower;
        else
          point.false_flags += is_flag(one);
      }
      point.injected += static_cast<int>(slowed);
      point.unchanged += static_cast<int>(order.size() - slowed);
    }
    points.push_back(point);
  }
  return points;
}

double minimum_detectable(std::span<const PowerPoint> points) {
  constexpr double wanted = 0.8;
  PowerPoint before;
  for (const PowerPoint& point : points) {
    if (point.power() >= wanted) {
      const double rise = point.power() - before.power();
      return before.slowdown + (point.slowdown - before.slowdown) * (wanted - before.power()) / rise;
    }
    before = point;
  }
  return 0;
}

DrawReport simulated_reports(const stats::TimeModel& model, int cases, int launches, std::uint64_t seed) {
  auto device = std::make_shared<stats::SimulatedLaunches>(model, seed);
  return [device, cases, launches] {
    std::vector<stats::LogLaunches> report(static_cast<std::size_t>(cases));
    for (auto& each : report)
      for (int l = 0; l < launches; ++l) {
        each.a.push_back(device->log_median(0, virtual_rounds));
        each.b.push_back(device->log_median(0, virtual_rounds));
      }
    return report;
  };
}

DrawReport reports_from(std::vector<std::vector<double>> log_medians, std::uint64_t seed) {
  auto random = std::make_shared<std::mt19937_64>(seed);
  return [random, log_medians = std::move(log_medians)]() mutable {
    std::vector<stats::LogLaunches> report;
    for (auto& each : log_medians) {
      shuffle(each, *random);
      const auto half = static_cast<std::ptrdiff_t>(each.size() / 2);
      report.push_back({{each.begin(), each.begin() + half}, {each.begin() + half, each.begin() + 2 * half}});
    }
    return report;
  };
}

}  // namespace chipfit::compare
