#pragma once
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "kernels/oracle/oracle.hpp"

namespace chipfit::conformance {

using Bytes = std::vector<std::byte>;

/// What the operands of a problem are filled with.
enum class Filling {
  exact,           ///< integers: every result is known bit by bit
  exact_headroom,  ///< smaller ones, for convolutions by inexact transforms
  uniform,         ///< real numbers: the grade of the arithmetic shows
};

/// Operands of one problem as the harness knows them: `copies` independent contents of each input, and what outputs
/// hold beforehand where the problem accumulates.
struct Data {
  Problem problem;
  Filling filling = Filling::exact;
  Operands sizes;
  std::array<std::vector<Bytes>, 2> in;
  Bytes c0;  ///< empty: the problem overwrites
};

Data make_data(const Problem&, Filling, int copies, oracle::Seed);

/// How `out` compares with the product of these inputs: exactly, or by grade and single elements for Filling::uniform.
oracle::Report compare(const Data&, std::span<const std::byte> in0, std::span<const std::byte> in1,
                       std::span<const std::byte> out, oracle::Seed, int threads);

/// The second input of a GEMM as permutations with random signs: products with it are exact in every type.
Bytes signed_permutations(const GemmProblem&, oracle::Seed);

}  // namespace chipfit::conformance
