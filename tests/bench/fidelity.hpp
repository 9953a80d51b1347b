#pragma once
#include <functional>
#include <string>
#include <vector>

#include "kernels/problem/problem.hpp"
#include "tests/bench/table.hpp"

namespace chipfit::bench {

/// A library called in this process: out = problem(in0, in1), finished on return.
using BareCall = std::function<void(const void* in0, const void* in1, void* out)>;

/// Does the harness report the rate that a bare loop over the same library reaches?
struct Fidelity {
  std::string library;  ///< "OpenBLAS"
  Aim aim;              ///< for bare time / harness time on one thread; other rows stand beside it
  std::function<BareCall(const Problem&, int threads)> bare;
  std::vector<Problem> problems{};
};

/// Plugin argv[1] through worker argv[2] against the bare calls, argv[3] pairs of rounds each: the same data, the same
/// pool and ring sizes, secret views on both sides, on one thread and on two. Prints a table; gives main's exit status,
/// 1 where an interval lies outside of the aim.
int compare_with_bare_loop(int argc, char** argv, const Fidelity&);

}  // namespace chipfit::bench
