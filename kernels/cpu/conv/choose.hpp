#pragma once
#include <cstddef>

#include "kernels/cpu/conv/conv.hpp"

namespace chipfit::cpu {

/// The same convolution with as few images as tell its candidates apart: what the trial of a large problem runs on.
ConvProblem trial_problem(const ConvProblem&);

/// Index of the candidate with the shortest run on random data; the earlier of two that differ by less than 3 %, so
/// that the choice is the same in every launch. They take turns, for about a quarter of a second or two rounds.
std::size_t fastest(const std::vector<ConvCandidate>&, const ConvProblem&);

}  // namespace chipfit::cpu
