#include <cuda_runtime_api.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>

#include "kernels/cuda/peak/loop.hpp"
#include "kernels/cuda/peak/peak.hpp"

namespace chipfit::cuda_peak {
namespace {

constexpr double kWindow_s = 5e-3;
constexpr std::size_t kCopyBytes = std::size_t{1} << 30;  // some twenty times the largest last-level cache

/// Ends a measurement; becomes the Error of `measure`.
struct Failed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

void check(cudaError_t status, const char* call) {
  if (status != cudaSuccess)
    throw Failed(fmt::format("{}: {} ({})", call, cudaGetErrorName(status), cudaGetErrorString(status)));
}

struct FreeMemory {
  void operator()(void* memory) const { cudaFree(memory); }
};
using Memory = std::unique_ptr<void, FreeMemory>;
Memory allocate(std::size_t bytes) {
  void* memory = nullptr;
  check(cudaMalloc(&memory, bytes), "cudaMalloc");
  return Memory(memory);
}

class Event {
 public:
  Event() { check(cudaEventCreate(&event_), "cudaEventCreate"); }
  ~Event() { cudaEventDestroy(event_); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  void record() { check(cudaEventRecord(event_, nullptr), "cudaEventRecord"); }
  double seconds_since(const Event& begin) const {
    float milliseconds = 0;
    check(cudaEventSynchronize(event_), "cudaEventSynchronize");
    check(cudaEventElapsedTime(&milliseconds, begin.event_, event_), "cudaEventElapsedTime");
    return milliseconds * 1e-3;
  }

 private:
  cudaEvent_t event_ = nullptr;
};

/// Seconds of one `run()` on the device.
template <class Run>
double time_of(const Run& run) {
  Event begin, end;
  begin.record();
  run();
  check(cudaGetLastError(), "launch");
  end.record();
  return end.seconds_since(begin);
}

/// Shortest of the windows that fit into `seconds`; at least one, after one that warms up.
template <class Run>
double shortest_s(const Run& run, double seconds) {
  using Clock = std::chrono::steady_clock;
  time_of(run);
  const auto begin = Clock::now();
  double best_s = time_of(run);
  while (std::chrono::duration<double>(Clock::now() - begin).count() < seconds) best_s = std::min(best_s, time_of(run));
  return best_s;
}

double rate_of(const Loop& loop, const cudaDeviceProp& device, std::uint32_t* sink, double seconds) {
  // Two full waves of what a multiprocessor holds are never too few; wgmma's block fills one by itself.
  const int blocks = device.multiProcessorCount * std::max(1, device.maxThreadsPerMultiProcessor / loop.threads);
  const auto run = [&](int iterations) { return [&, iterations] { loop.launch(blocks, iterations, sink, nullptr); }; };
  time_of(run(1));  // loads the code
  int iterations = 64;
  while (time_of(run(iterations)) < kWindow_s && iterations < (1 << 26)) iterations *= 2;
  return loop.flop * blocks * iterations / shortest_s(run(iterations), seconds);
}

double copy_rate(double seconds) {
  std::size_t free = 0, total = 0;
  check(cudaMemGetInfo(&free, &total), "cudaMemGetInfo");
  const std::size_t bytes = std::min(kCopyBytes, free / 4);
  const Memory from = allocate(bytes), to = allocate(bytes);
  check(cudaMemset(from.get(), 0x5a, bytes), "cudaMemset");
  const auto copy = [&] {
    check(cudaMemcpyAsync(to.get(), from.get(), bytes, cudaMemcpyDeviceToDevice, nullptr), "cudaMemcpyAsync");
  };
  return 2.0 * static_cast<double>(bytes) / shortest_s(copy, seconds);
}

std::string uuid_text(const cudaUUID_t& uuid) {
  std::string text = "GPU-";
  for (int i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02x}", static_cast<unsigned char>(uuid.bytes[i]));
  }
  return text;
}

MeasuredDevice measure_or_throw(int index, double seconds) {
  check(cudaSetDevice(index), "cudaSetDevice");
  cudaDeviceProp device{};
  check(cudaGetDeviceProperties(&device, index), "cudaGetDeviceProperties");
  MeasuredDevice result;
  result.name = device.name;
  result.uuid = uuid_text(device.uuid);
  result.compute_capability = 10 * device.major + device.minor;
  const Memory sink = allocate(sizeof(std::uint32_t));
  for (const Loop* loops : {fma_loops(), mma_loops(), mma_fp8_loops(), mma_f64_loops(), wgmma_loops()})
    for (const Loop* loop = loops; loop->input; ++loop)
      if (result.compute_capability >= loop->from_capability && result.compute_capability <= loop->to_capability)
        result.peaks.push_back({loop->input, loop->accumulator, loop->math, loop->method,
                                rate_of(*loop, device, static_cast<std::uint32_t*>(sink.get()), seconds)});
  result.copy_byte_per_s = copy_rate(seconds);
  return result;
}

}  // namespace

Result<int> device_count() {
  int count = 0;
  if (const cudaError_t status = cudaGetDeviceCount(&count); status != cudaSuccess)
    return fail(Error::Kind::unavailable, fmt::format("no CUDA device: {}", cudaGetErrorString(status)), {},
                "nvidia-smi shows whether the driver runs");
  return count;
}

Result<MeasuredDevice> measure(int device, double seconds) {
  try {
    return measure_or_throw(device, seconds);
  } catch (const Failed& failed) {
    return fail(Error::Kind::unavailable, failed.what(), fmt::format("CUDA device {}", device));
  }
}

}  // namespace chipfit::cuda_peak
