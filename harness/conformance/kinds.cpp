#include "harness/conformance/kinds.hpp"

#include <algorithm>
#include <array>

#include "kernels/problem/case_id.hpp"

namespace chipfit::conformance {
namespace {

constexpr std::int64_t most_flop = 1 << 22;
constexpr std::int64_t most_elements = 1 << 17;
constexpr std::array math_modes{Math::relaxed, Math::tf32, Math::f16, Math::bf16};
constexpr std::array both{Accumulate::overwrite, Accumulate::add};

void add_gemms(std::vector<Kind>& kinds) {
  for (const DtypeCombo& combo : all_combos())
    for (const Transpose a : {Transpose::no, Transpose::yes})
      for (const Transpose b : {Transpose::no, Transpose::yes})
        for (const Accumulate accumulate : both)
          kinds.push_back({GemmProblem{
              .m = 1, .n = 1, .k = 1, .trans_a = a, .trans_b = b, .dtypes = combo, .accumulate = accumulate}});
  for (const Math math : math_modes) kinds.push_back({GemmProblem{.m = 1, .n = 1, .k = 1, .math = math}});
}

void add_convolutions(std::vector<Kind>& kinds) {
  for (const auto direction : {ConvDirection::fwd, ConvDirection::bwd_data, ConvDirection::bwd_weights}) {
    for (const DtypeCombo& combo : all_combos())
      for (const Layout layout : {Layout::nchw, Layout::nhwc})
        for (const Accumulate accumulate : both)
          kinds.push_back(
              {ConvProblem{.direction = direction, .layout = layout, .dtypes = combo, .accumulate = accumulate}});
    for (const Math math : math_modes) kinds.push_back({ConvProblem{.direction = direction, .math = math}});
  }
}

/// Extents at which tiles, vectors and tails go wrong.
std::int64_t extent(Dice& dice, std::int64_t most) {
  constexpr std::array<std::int64_t, 16> odd{1, 2, 3, 5, 7, 8, 13, 15, 16, 17, 31, 33, 63, 64, 65, 97};
  const std::int64_t drawn =
      dice.one_in(3) ? dice.between(1, most) : odd[static_cast<std::size_t>(dice.between(0, 15))];
  return std::min(drawn, most);
}

bool is_small(const Problem& problem) {
  const Operands sizes = operands(problem);
  return flop(problem) <= most_flop && sizes.in[0].elements <= most_elements && sizes.in[1].elements <= most_elements &&
         sizes.out.elements <= most_elements;
}

Problem fuzzed(const GemmProblem& like, Dice& dice) {
  GemmProblem problem = like;
  problem.m = extent(dice, 200);
  problem.n = extent(dice, 200);
  problem.k = extent(dice, dice.one_in(4) ? 1000 : 200);
  if (dice.one_in(3)) problem.n = problem.k = std::min<std::int64_t>(problem.n, problem.k);
  problem.batch = dice.one_in(5) ? dice.between(2, 4) : 1;
  return problem;
}

Problem fuzzed(const ConvProblem& like, Dice& dice) {
  ConvProblem problem = like;
  problem.n = dice.between(1, 4);
  problem.r = dice.between(1, 4);
  problem.s = dice.one_in(3) ? dice.between(1, 5) : problem.r;
  problem.h = dice.between(1, 20);
  problem.w = dice.one_in(3) ? dice.between(1, 20) : problem.h;
  problem.groups = dice.one_in(4) ? dice.between(2, 4) : 1;
  problem.c = problem.groups * extent(dice, 24);
  problem.k = problem.groups * extent(dice, 24);
  if (dice.one_in(6)) problem.groups = problem.k = problem.c;  // depthwise
  problem.pad_h = dice.between(0, problem.r - 1);
  problem.pad_w = dice.between(0, problem.s - 1);
  if (dice.one_in(3)) problem.stride_h = dice.between(1, 3), problem.stride_w = dice.between(1, 3);
  if (dice.one_in(5)) problem.dil_h = dice.between(1, 2), problem.dil_w = dice.between(1, 2);
  return problem;
}

}  // namespace

std::string name(const Kind& kind) {
  // A case id without the part that holds the extents: the one between layout and math.
  const std::string id = case_id(kind.like);
  std::string text;
  std::size_t part = 0;
  const bool is_gemm = std::holds_alternative<GemmProblem>(kind.like);
  const std::size_t first = 3, last = is_gemm ? 3 : 4;
  for (std::size_t at = 0; at <= id.size(); ++part) {
    const std::size_t end = std::min(id.find(':', at), id.size());
    if (part < first || part > last) text += (text.empty() ? "" : ":") + id.substr(at, end - at);
    at = end + 1;
  }
  return text;
}

std::vector<Kind> all_kinds() {
  std::vector<Kind> kinds;
  add_gemms(kinds);
  add_convolutions(kinds);
  return kinds;
}

std::int64_t Dice::between(std::int64_t low, std::int64_t high) {
  const auto range = static_cast<std::uint64_t>(high - low) + 1;
  return low + static_cast<std::int64_t>(seed().lo % range);
}

Problem plain_problem(const Kind& kind) {
  if (const auto* gemm = std::get_if<GemmProblem>(&kind.like)) {
    GemmProblem problem = *gemm;
    problem.m = problem.n = 64;
    problem.k = 32;
    return problem;
  }
  ConvProblem problem = std::get<ConvProblem>(kind.like);
  problem.n = 2;
  problem.c = problem.k = 16;
  problem.h = problem.w = 8;
  problem.r = problem.s = 3;
  return problem;
}

Problem fuzzed_problem(const Kind& kind, Dice& dice) {
  constexpr int tries = 64;
  for (int i = 0; i < tries; ++i) {
    const Problem problem = std::visit([&](const auto& like) { return fuzzed(like, dice); }, kind.like);
    if (validate(problem) && is_small(problem)) return problem;
  }
  return plain_problem(kind);
}

oracle::Seed seed_of_case(std::uint64_t seed, const Problem& problem) {
  // FNV-1a, 64 bit (Fowler, Noll, Vo).
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : case_id(problem)) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return {seed, hash};
}

}  // namespace chipfit::conformance
