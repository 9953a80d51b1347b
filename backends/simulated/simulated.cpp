// A device that does not exist: results are right, times follow the distribution that the options declare. What the
// statistics of the harness say about it can be held against the truth.
#include <chipfit/chipfit_host.hpp>

#include <chrono>

#include "backends/common/problem_from_abi.hpp"
#include "backends/simulated/declared_time.hpp"
#include "kernels/oracle/reference.hpp"

namespace {

using chipfit::plugin::Failure;
using chipfit::plugin::number_option;
using Clock = std::chrono::steady_clock;

double option_in(const char* key, double fallback, double low, double high) {
  const double value = number_option(key, fallback);
  if (value >= low && value <= high) return value;
  throw Failure(CHIPFIT_INTERNAL, std::string("option ") + key + " must lie between " + std::to_string(low) + " and " +
                                      std::to_string(high));
}

simulated::Declaration declaration() {
  simulated::Declaration d;
  d.rate_flop_per_s = option_in("rate_flop_per_s", d.rate_flop_per_s, 1, 1e21);
  d.overhead_s = option_in("overhead_s", d.overhead_s, 0, 1e3);
  d.launch_sd = option_in("launch_sd", d.launch_sd, 0, 2);
  d.within_sd = option_in("within_sd", d.within_sd, 0, 2);
  d.rho = option_in("rho", d.rho, -0.999, 0.999);
  d.drift_per_s = option_in("drift_per_s", d.drift_per_s, -1, 1);
  d.throttle_after_s = option_in("throttle_after_s", d.throttle_after_s, 0, 1e6);
  d.throttle_factor = option_in("throttle_factor", d.throttle_factor, 0.01, 100);
  return d;
}

/// The option `seed`, else a fresh one, written to the log so that a run can be repeated.
std::uint64_t launch_seed(std::uint32_t device) {
  std::uint64_t seed = static_cast<std::uint64_t>(option_in("seed", 0, 0, 9e15));
  if (seed == 0) {
    std::random_device entropy;
    seed = (std::uint64_t{entropy()} << 20 ^ entropy()) + 1;
    chipfit::plugin::log(std::string("simulated: seed=").append(std::to_string(seed)));
  }
  return seed + 0x9e3779b97f4a7c15u * device;
}

class SimulatedDevice {
 public:
  using Buffer = chipfit::plugin::HostBuffer;
  struct Kernel {
    chipfit::Problem problem;
    double flop;
    const char* algorithm;
    int threads;
  };

  static std::uint32_t count() { return static_cast<std::uint32_t>(option_in("devices", 1, 1, 64)); }
  static void describe(std::uint32_t index, chipfit_device_info& info) {
    chipfit::plugin::describe_host_cpu(info, "chipfit simulated 1.0");
    info.kind = CHIPFIT_SIMULATED;
    info.nominal_clock_hz = 0;
    chipfit::plugin::set_text(info.vendor, "chipfit");
    chipfit::plugin::set_text(info.name, std::string("simulated device ").append(std::to_string(index)));
  }

  explicit SimulatedDevice(std::uint32_t index) : times_(declaration(), launch_seed(index)), opened_(Clock::now()) {}

  Buffer alloc(std::uint64_t bytes) { return Buffer(bytes); }
  void upload(Buffer& target, std::uint64_t offset, const void* source, std::uint64_t bytes) {
    std::memcpy(target.data() + offset, source, bytes);
  }
  void download(const Buffer& source, std::uint64_t offset, void* target, std::uint64_t bytes) {
    std::memcpy(target, source.data() + offset, bytes);
  }

  Kernel prepare(const chipfit_problem& asked) {
    const auto problem = chipfit::problem_from_abi(asked);
    if (!problem) chipfit::plugin::unsupported(problem.error().what);
    return {*problem, static_cast<double>(chipfit::flop(*problem)), "declared time",
            static_cast<int>(chipfit::plugin::compute_threads())};
  }

  void enqueue(Kernel& kernel, chipfit::plugin::Inputs<Buffer> in, chipfit::plugin::View<Buffer> out) {
    const Clock::time_point start = Clock::now();
    const double declared_s = times_.next(kernel.flop, std::chrono::duration<double>(start - opened_).count());
    chipfit::oracle::reference(kernel.problem, in[0].buffer.data() + in[0].offset, in[1].buffer.data() + in[1].offset,
                               out.buffer.data() + out.offset, kernel.threads);
    const Clock::time_point end =
        start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(declared_s));
    if (Clock::now() > end) note_late(kernel, declared_s, start);
    while (Clock::now() < end) {
    }
  }

  void sync() {}
  const char* algorithm(const Kernel& kernel) { return kernel.algorithm; }

 private:
  /// The distribution is no longer the declared one: said once for each kernel.
  static void note_late(Kernel& kernel, double declared_s, Clock::time_point start) {
    if (std::string_view(kernel.algorithm) == "computed time (late)") return;
    kernel.algorithm = "computed time (late)";
    chipfit::plugin::log(std::string("simulated: late: computing took ")
                             .append(std::to_string(std::chrono::duration<double>(Clock::now() - start).count())) +
                         " s, declared were " + std::to_string(declared_s) + " s; lower rate_flop_per_s");
  }

  simulated::DeclaredTimes times_;
  Clock::time_point opened_;
};

}  // namespace

CHIPFIT_PLUGIN(SimulatedDevice, "simulated", "1.0")
