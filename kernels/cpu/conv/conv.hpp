#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/cpu/thread_team.hpp"
#include "kernels/problem/conv.hpp"

namespace chipfit::cpu {

/// A convolution made ready: run(in0, in1, out) with the operands as operands(problem) orders them. One run at a time.
struct ConvProgram {
  std::string algorithm;  ///< "direct avx512", "winograd F(4x4,3x3) avx512"
  std::function<void(const void*, const void*, void*)> run;
};

/// A way to compute one problem that is right for it; `make` allocates and may throw std::bad_alloc.
struct ConvCandidate {
  std::string algorithm;
  std::function<ConvProgram()> make;
};

/// All ways on the instruction set `isa` (empty: the best one of this processor), the likely fastest first.
/// Error (usage) where there is none, with the reason.
Result<std::vector<ConvCandidate>> conv_candidates(const ConvProblem&, ThreadTeam&, std::string_view isa = {});

/// Which of the candidates may be chosen.
struct ConvChoice {
  std::string_view isa = {};        ///< empty: the best of this processor
  std::string_view algorithm = {};  ///< what its name begins with: "direct", "winograd F(2x2"; empty: any
};

/// The fastest of them, measured on made-up data within about a quarter of a second, on fewer images where the problem
/// is large; nothing is measured where there is only one. Error (usage) where none may be chosen. The team outlives
/// the program.
Result<ConvProgram> prepare_conv(const ConvProblem&, ThreadTeam&, const ConvChoice& = {});

}  // namespace chipfit::cpu
