#pragma once
#include <map>
#include <random>
#include <string>
#include <vector>

#include "harness/results/row.hpp"
#include "kernels/problem/problem.hpp"

namespace chipfit::bench {

/// Synthetic nodes with one device each, which all ran the same square GEMMs in f32 or bf16 by turns.
class FleetNodes {
 public:
  FleetNodes(long cases, unsigned long long seed);
  const std::vector<GemmProblem>& problems() const { return problems_; }
  /// The rows of node `n`, one a problem; valid until the next call.
  std::vector<results::Row>& next(long n);
  /// For each type the sum over all nodes so far of the proven rate of the largest GEMM, which is what `chipfit fleet`
  /// has to find. FLOP/s.
  const std::map<std::string, double>& sums() const { return sums_; }

 private:
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  std::vector<GemmProblem> problems_;
  std::vector<results::Row> rows_;
  std::map<std::string, double> sums_;
};

}  // namespace chipfit::bench
