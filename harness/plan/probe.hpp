#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/plan/backends.hpp"
#include "harness/plan/elf_probe.hpp"
#include "kernels/base/result.hpp"

namespace chipfit::plan {

/// All that a plugin's files say of it, and everything that is wrong with them, without one of its instructions being
/// run.
struct Probed {
  std::filesystem::path library, manifest_file;
  std::uint64_t library_bytes = 0;
  std::optional<ElfFacts> elf;              ///< empty where the file cannot be read as a library
  std::optional<BackendManifest> manifest;  ///< empty where it cannot be read
  struct Needed {
    std::string name;
    std::filesystem::path found;  ///< empty: not in the folders that the loader searches
  };
  std::vector<Needed> needed;
  std::vector<Error> problems;  ///< each of them keeps the plugin from being used here; the gravest kind first
  std::vector<Error> notes;     ///< what does not hinder but should be mended
};

/// Reads x.so and x.chipfit.json; `file` is either. Never fails: what cannot be read is a problem.
Probed probe_plugin(const std::filesystem::path& file);

}  // namespace chipfit::plan
