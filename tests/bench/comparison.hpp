#pragma once
#include <optional>
#include <string>
#include <vector>

#include "kernels/problem/problem.hpp"
#include "tests/bench/paired.hpp"
#include "tests/bench/subject.hpp"

namespace chipfit::bench {

/// A plugin by its name, with options beside `threads`.
struct Player {
  std::string plugin;
  std::string options = "";
};

struct WeightedProblem {
  Problem problem;
  double weight = 1;  ///< in the table's mean
};

/// Whether every line of a table has to reach its aim, or their weighted geometric mean.
enum class Judged { every_line, mean };

/// The project's kernels against the fastest of some libraries, problem by problem.
struct LibraryTable {
  std::string title;
  std::string options = "";  ///< of the project's plugin
  std::vector<Player> rivals;
  std::vector<WeightedProblem> problems;
  double aim;  ///< least rate of the project's plugin / rate of the library
  Judged judged;
  std::vector<int> threads{1};  ///< tables that are judged …
  std::vector<int> beside{2};   ///< … and tables that stand beside
  SecondOperand second = SecondOperand::fresh;
};

enum class Limit { register_peak, read_bandwidth };

/// The project's kernels against what the machine reaches, measured between their rounds.
struct LimitTable {
  std::string title;
  Limit limit;
  std::vector<Problem> problems;
  double aim;  ///< least share of the limit, on one thread
};

struct Setting {
  std::string plugin_folder, worker;
  Player native{"native"};
  Pairs pairs{};
};

/// False where an aim is missed. Throws WorkerFailure where a worker fails in a round.
bool run(const LibraryTable&, const Setting&);
bool run(const LimitTable&, const Setting&);

}  // namespace chipfit::bench
