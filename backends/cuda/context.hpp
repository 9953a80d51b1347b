#pragma once
#include <optional>
#include <string>

#include "backends/common/cuda/trial.hpp"
#include "backends/cuda/cublaslt.hpp"
#include "backends/cuda/gemm_layout.hpp"

namespace cuda {

/// What the plugin's options say; see README.md.
struct Settings {
  std::uint64_t workspace_bytes = std::uint64_t{64} << 20;  ///< most that one kernel may take beside its operands
  double trial_s = 1.0;                                     ///< time for trying algorithms, per kernel
  bool fast_fp8_accumulation = false;

  /// Failure (INTERNAL) for a value that makes no sense.
  static Settings from_options();
};

/// What kernels are prepared and run with. Owned by the device, outlives its kernels.
struct Context {
  const Driver& driver;
  const Stream& stream;
  ComputeCapability capability;
  Settings settings;

  TrialBench bench() const { return {driver, stream, settings.trial_s}; }
};

/// A kernel made ready to run.
class Program {
 public:
  virtual ~Program() = default;
  /// Enqueues the work on the device's stream.
  virtual void run(CUdeviceptr in0, CUdeviceptr in1, CUdeviceptr out) = 0;
  const std::string& algorithm() const { return algorithm_; }

 protected:
  std::string algorithm_;
};

}  // namespace cuda
