#pragma once
#include <string>

#include "kernels/base/result.hpp"
#include "kernels/cpu/huge_memory.hpp"
#include "kernels/cpu/stream.hpp"
#include "kernels/cpu/thread_team.hpp"
#include "kernels/problem/gemm.hpp"

namespace chipfit::cpu {

/// A GEMM one of whose extents M and N is at most kMostStreamed, computed by streaming the other operand. One run at a
/// time.
class SkinnyGemm {
 public:
  /// Whether streaming is the way for this problem.
  static bool fits(const GemmProblem&);

  /// Error (unavailable) where the type is not streamed on `isa` (empty: the best) or there is no memory. The team must
  /// live as long.
  static Result<SkinnyGemm> make(const GemmProblem&, ThreadTeam&, std::string_view isa = {});

  /// C = op(A)·op(B), or C += …, for every matrix of the batch; done on return.
  void run(const void* a, const void* b, void* c);

  /// "avx512 streamed 4x"
  std::string algorithm() const;

 private:
  SkinnyGemm(const GemmProblem&, ThreadTeam&, const StreamKernel&);
  void work(int thread, const std::byte* small, const std::byte* large, std::byte* c);

  GemmProblem problem_;
  ThreadTeam* team_;
  const StreamKernel* kernel_;
  bool streams_b_;      ///< M is the small extent
  std::int64_t lines_;  ///< the large extent
  int count_;           ///< the small extent, rounded up to what kernels are made for
  std::int64_t small_bytes_, sums_bytes_;
  HugeMemory workspace_;  ///< of each thread: the small operand widened, and its sums
};

}  // namespace chipfit::cpu
