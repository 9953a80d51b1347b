#pragma once
#include <memory>

#include "backends/onednn/program.hpp"

namespace onednn {

/// The fastest program for the problem, reorders included: all candidates run a few times on made-up data.
/// Where the operands are so large that another set of them is too much, the first. Null where none can be built.
std::shared_ptr<Program> choose(const Offer&, bool accumulate, Weights, unsigned threads);

}  // namespace onednn
