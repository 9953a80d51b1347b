#pragma once
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace chipfit::telemetry {

/// What was seen of a device at one moment. Empty: its source does not tell.
struct Sample {
  double t_s = 0;  ///< of the sampler's clock, in the middle of the reading
  std::optional<double> power_w, temp_c, clock_hz;
  std::optional<double> energy_j;  ///< of a counter that only grows
  std::optional<std::uint64_t> throttle_reasons;
};

/// Everything but the time; nothing where the source has ended.
using ReadSample = std::function<std::optional<Sample>()>;

/// Reads a source at a fixed period on a thread of its own until it is destroyed or the source ends. The thread sleeps
/// between readings.
class Sampler {
 public:
  /// `now_s` is the clock that samples are stamped with; both functions are called on the sampler's thread only.
  Sampler(ReadSample read, std::function<double()> now_s, double period_s);
  ~Sampler();
  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;

  /// The samples since the last call, oldest first.
  std::vector<Sample> take();

 private:
  void run();

  ReadSample read_;
  std::function<double()> now_s_;
  double period_s_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false;
  std::vector<Sample> samples_;
  std::thread thread_;
};

}  // namespace chipfit::telemetry
