// bench_fleet_rows OUT NODES CASES SEED: the rows of a synthetic fleet for timing what reads and merges one. OUT: a
// result file; or, where it ends in '/', the folder of a plan with a task for every node, all done. Prints the sums of
// FleetNodes by type.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "harness/lab/part.hpp"
#include "harness/plan/tasks.hpp"
#include "harness/results/build_info.hpp"
#include "harness/results/run_folder.hpp"
#include "kernels/problem/case_id.hpp"
#include "tests/bench/fleet_nodes.hpp"

namespace {

using namespace chipfit;
using results::Column;
namespace fs = std::filesystem;

int write_file(const char* path, bench::FleetNodes& fleet, long nodes) {
  std::FILE* file = std::fopen(path, "w");
  if (file == nullptr) return std::perror(path), 74;
  fmt::print(file, "{}\n", results::header_line());
  for (long n = 0; n < nodes; ++n)
    for (const auto& row : fleet.next(n)) fmt::print(file, "{}", results::to_line(row));
  return std::fclose(file) == 0 ? 0 : 74;
}

plan::Plan plan_of(const bench::FleetNodes& fleet, long nodes) {
  Suite suite{"square", std::string(64, 'a'), {}};
  for (const auto& problem : fleet.problems()) suite.cases.push_back({problem, 1, "", ""});
  plan::Plan plan;
  plan.cases = plan::merge_suites({suite});
  plan.devices = {{"acme", std::string(64, 'b'), 0, ""}};
  plan.mode = "quick";
  plan.isolation = "auto";
  plan.division = {static_cast<int>(fleet.problems().size()), {}, results::harness_version()};
  for (long n = 0; n < nodes; ++n) plan.division.nodes.push_back(fmt::format("node{:05}", n));
  return plan;
}

Result<void> write_part(const lab::PlanFolder& plan, std::size_t index, std::vector<results::Row>& rows) {
  auto manifest = results::new_manifest();
  manifest.run_id = rows.front().text(Column::run_id);
  manifest.plan_sha256 = plan.plan_sha256;
  manifest.machine = {{"host", rows.front().text(Column::host)}};
  manifest.backends.push_back({"acme", "1", "", 0, {"acme.so", std::string(64, 'b')}, {}});
  results::ManifestDevice device;
  device.backend = "acme";
  device.device_uid = rows.front().text(Column::device_uid);
  manifest.devices.push_back(device);
  std::string text = results::header_line() + "\n";
  for (auto& row : rows) {
    row.set(Column::plan_sha256, plan.plan_sha256);
    text += results::to_line(row);
  }
  const auto folder = plan.work(index) / manifest.run_id;
  std::error_code error;
  fs::create_directories(folder, error);
  if (auto written = results::write_whole(folder / "results.csv", text); !written) return written;
  if (auto sealed = results::seal_run(folder, manifest, {}); !sealed) return pass_on(sealed.error());
  if (auto kept = lab::keep_part(plan, index, folder); !kept) return pass_on(kept.error());
  return {};
}

int write_parts(const std::string& path, bench::FleetNodes& fleet, long nodes) {
  const auto plan = lab::make_plan_folder(path, plan_of(fleet, nodes));
  if (!plan) return fmt::print(stderr, "{}: {}\n", plan.error().where, plan.error().what), 74;
  for (long n = 0; n < nodes; ++n)
    if (auto written = write_part(*plan, static_cast<std::size_t>(n), fleet.next(n)); !written)
      return fmt::print(stderr, "{}: {}\n", written.error().where, written.error().what), 74;
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return std::fprintf(stderr, "usage: bench_fleet_rows OUT NODES CASES SEED\n"), 2;
  const std::string out = argv[1];
  const long nodes = std::atol(argv[2]);
  bench::FleetNodes fleet(std::atol(argv[3]), static_cast<unsigned long long>(std::atoll(argv[4])));
  const int code = out.ends_with('/') ? write_parts(out, fleet, nodes) : write_file(argv[1], fleet, nodes);
  for (const auto& [of, sum] : fleet.sums()) fmt::print("{} {}\n", of, sum);
  return code;
}
