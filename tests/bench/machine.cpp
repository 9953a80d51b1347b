#include "tests/bench/machine.hpp"

#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <string>
#include <thread>

#include "harness/telemetry/machine.hpp"

namespace chipfit::bench {
namespace {

struct Ticks {
  double idle = 0, all = 0;
};

/// First line of /proc/stat: user nice system idle iowait irq softirq steal.
Ticks ticks() {
  std::ifstream file("/proc/stat");
  std::string word;
  file >> word;
  Ticks sum;
  double value;
  for (int i = 0; i < 8 && file >> value; ++i) {
    sum.all += value;
    if (i == 3 || i == 4) sum.idle += value;
  }
  return sum;
}

}  // namespace

void print_machine() {
  const Ticks before = ticks();
  std::this_thread::sleep_for(std::chrono::seconds(1));
  const Ticks after = ticks();
  const double busy = after.all > before.all ? 1 - (after.idle - before.idle) / (after.all - before.all) : 0;
  const telemetry::Machine machine = telemetry::describe_machine();
  fmt::print("{}, {} processors{}\n\n", machine.cpu_model, machine.cores,
             busy > 0.05 ? fmt::format("; others use {:.0f} % of them: NOT to be quoted", 100 * busy) : "");
}

}  // namespace chipfit::bench
