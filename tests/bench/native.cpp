// The project's own kernels against libraries and the machine: every plugin in a worker process of its own on the same
// processors, the same data, rounds in ABBA order. Exits 1 where an aim is missed: the whole interval is below it.
//   bench_native PLUGIN_FOLDER WORKER [--only PART_OF_TITLE] [--pairs N] [--budget SECONDS_PER_LINE] [--as PLUGIN]
// --as puts another plugin into the place of `native`.
#include <fmt/format.h>

#include <cstdlib>
#include <cstring>

#include "tests/bench/native_tables.hpp"

namespace {

using namespace chipfit::bench;

bool run_all(const Setting& setting, const std::string& only) {
  bool all = true;
  const auto run_those = [&](const auto& tables) {
    for (const auto& table : tables) {
      if (table.title.find(only) == std::string::npos) continue;
      try {
        all = run(table, setting) && all;
      } catch (const WorkerFailure& failure) {
        fmt::print("{}: {}\n", table.title, failure.what());
        all = false;
      }
      fmt::print("\n");
    }
  };
  run_those(limit_tables());
  run_those(library_tables());
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3 || argc % 2 == 0) {
    fmt::print(
        stderr,
        "usage: bench_native PLUGIN_FOLDER WORKER [--only PART_OF_TITLE] [--pairs N] [--budget S] [--as PLUGIN]\n");
    return 2;
  }
  if (const std::string variable = disturbing_variable(); !variable.empty()) {
    fmt::print(stderr, "bench_native: unset {}\n", variable);
    return 2;
  }
  Setting setting{argv[1], argv[2]};
  std::string only;
  for (int i = 3; i < argc; i += 2) {
    const std::string_view name = argv[i];
    if (name == "--only")
      only = argv[i + 1];
    else if (name == "--pairs")
      setting.pairs.most = std::atoi(argv[i + 1]);
    else if (name == "--budget")
      setting.pairs.budget_s = std::atof(argv[i + 1]);
    else if (name == "--as")
      setting.native.plugin = argv[i + 1];
    else {
      fmt::print(stderr, "bench_native: unknown option {}\n", name);
      return 2;
    }
  }
  return run_all(setting, only) ? 0 : 1;
}
