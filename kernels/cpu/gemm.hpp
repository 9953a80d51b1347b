#pragma once
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "kernels/base/result.hpp"
#include "kernels/cpu/blocking.hpp"
#include "kernels/cpu/huge_memory.hpp"
#include "kernels/cpu/thread_team.hpp"
#include "kernels/problem/gemm.hpp"

namespace chipfit::cpu {

/// How the threads divide a GEMM: `batch` × `m` × `n` shares; threads with the same batch and n share their packed B.
struct Grid {
  int batch = 1, m = 1, n = 1;
  int threads() const { return batch * m * n; }
  friend bool operator==(const Grid&, const Grid&) = default;
};

/// Whether tiles read an operand from packed panels or where it lies.
enum class Reading : std::uint8_t { packed, in_place };

/// Everything that is decided before data is there.
struct GemmPlan {
  GemmProblem problem;
  const MicroKernel* kernel;
  Grid grid;
  Reading a, b;
  Blocking blocking;      ///< of one thread's share
  bool measured = false;  ///< the choices come from timing, not from the formula
};

/// The largest share of one thread, which the blocks divide.
Extents largest_share(const GemmPlan&);

enum class Weights : std::uint8_t {
  fresh,      ///< B is packed in every run
  prepacked,  ///< B is packed in the first run with its address: only to compare with libraries that do the same
};

/// The plan without measurements; error (unavailable) where no micro-kernel of `isa` (empty: the best) multiplies the
/// types on this processor.
Result<GemmPlan> plan_gemm(const GemmProblem&, int threads, std::string_view isa = {});

/// A plan with its workspace. One run at a time.
class Gemm {
 public:
  /// Error (unavailable) where there is no memory for the workspace. The team must live as long.
  static Result<Gemm> make(const GemmPlan&, ThreadTeam&, Weights = Weights::fresh);

  /// C = op(A)·op(B), or C += …, for every matrix of the batch; done on return.
  void run(const void* a, const void* b, void* c);

  const GemmPlan& plan() const { return plan_; }
  /// "avx512 fma 14x32 mc=224 kc=384 nc=4096 (tuned)"
  std::string algorithm() const;

 private:
  Gemm(const GemmPlan&, ThreadTeam&, Weights);
  struct Call;
  class Worker;

  GemmPlan plan_;
  ThreadTeam* team_;
  Weights weights_;
  const void* packed_from_ = nullptr;
  std::int64_t a_block_bytes_, b_block_bytes_, b_blocks_, sums_bytes_;
  HugeMemory workspace_;
  std::vector<std::unique_ptr<Barrier>> barriers_;  ///< of the threads that share a packed B
};

}  // namespace chipfit::cpu
