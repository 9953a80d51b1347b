#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "harness/plan/elf_probe.hpp"

namespace chipfit::plan {

/// The folders in which the loader will look for what `library` needs, in order: its runpaths with $ORIGIN filled in,
/// LD_LIBRARY_PATH, those of `configuration` (/etc/ld.so.conf with its includes), the system's own.
std::vector<std::filesystem::path> library_folders(const ElfFacts&, const std::filesystem::path& library,
                                                   const std::filesystem::path& configuration = "/etc/ld.so.conf");

/// Where a needed library would be found; empty where no folder has it.
std::filesystem::path find_library(const std::string& name, const std::vector<std::filesystem::path>& folders);

}  // namespace chipfit::plan
