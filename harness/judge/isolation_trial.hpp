#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "harness/sandbox/isolation.hpp"

namespace chipfit::judge {

/// The programs of this installation that a level is tried with.
struct TrialPrograms {
  std::filesystem::path worker;
  std::filesystem::path plugin;  ///< one of this project's own, so that nobody else decides how strong a level is used
};

struct LevelTrial {
  sandbox::Isolation level = sandbox::Isolation::l0;
  std::string obstacle;  ///< why the level does not work here; empty: it works
  bool works() const { return obstacle.empty(); }
};

/// Whether a level works here: a worker of its own, confined to it, computes one small GEMM in f32, which must be
/// right. Takes a few hundredths of a second.
LevelTrial try_level(sandbox::Isolation, const TrialPrograms&);

/// Tries levels from the strongest until one works: the last of the list, unless none does.
std::vector<LevelTrial> strongest_level(const TrialPrograms&);

}  // namespace chipfit::judge
