// chipfit-cuda-peak [seconds per figure]: what each CUDA device here reaches in registers, tensor cores and memory, as
// CSV on standard output. A program of its own, so that neither the judge nor a plugin's process runs these kernels.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

#include "kernels/base/csv.hpp"
#include "kernels/cuda/peak/peak.hpp"

namespace {

constexpr int exit_usage = 2, exit_unavailable = 69;

int unavailable(const chipfit::Error& error) {
  fmt::print(stderr, "error: {}{}{}\n", error.what, error.hint.empty() ? "" : "\n  hint: ", error.hint);
  return exit_unavailable;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace chipfit;
  char* end = nullptr;
  const double seconds = argc > 1 ? std::strtod(argv[1], &end) : 0.3;
  if (argc > 2 || (end && *end) || !(seconds > 0 && seconds <= 60)) {
    fmt::print(stderr, "usage: chipfit-cuda-peak [seconds per figure, at most 60]\n");
    return exit_usage;
  }
  const auto count = cuda_peak::device_count();
  if (!count) return unavailable(count.error());
  fmt::print("device_uid,chip,quantity,input,accumulator,math,method,value,unit\n");
  for (int index = 0; index < *count; ++index) {
    const auto device = cuda_peak::measure(index, seconds);
    if (!device) return unavailable(device.error());
    const std::string head = csv::line({device->uuid, device->name});
    for (const auto& peak : device->peaks)
      fmt::print("{},peak,{},{},{},{},{},FLOP/s\n", head, peak.input, peak.accumulator, peak.math, peak.method,
                 peak.flop_per_s);
    fmt::print("{},memory,,,,copy,{},byte/s\n", head, device->copy_byte_per_s);
  }
}
