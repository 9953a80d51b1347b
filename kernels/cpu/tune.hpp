#pragma once
#include <map>
#include <string>

#include "kernels/cpu/gemm.hpp"

namespace chipfit::cpu {

/// Choices that measurement made, by shape class: the micro-kernel, the transposes, the grid, and the extents to the
/// next power of two. Owned by whoever prepares kernels, so that a class is timed once.
class TunedPlans {
 public:
  /// The plan with the block sizes (kc, then smaller blocks of A) and, for products that fit the caches,
  /// the way to read the operands that ran fastest on made-up data, of the size of the problem or of a piece of it;
  /// timing stops after about limit_s. At 0 or below the plan stays as it is.
  GemmPlan tuned(const GemmPlan&, ThreadTeam&, double limit_s);

 private:
  struct Choice {
    Reading a, b;
    BlockChoice blocks;
  };
  std::map<std::string, Choice> choices_;
};

}  // namespace chipfit::cpu
