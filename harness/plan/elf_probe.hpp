#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/base/result.hpp"

namespace chipfit::plan {

/// A file as the probe sees it: fills `target` from `offset`, false where the file is shorter or cannot be read.
using ReadAt = std::function<bool(std::uint64_t offset, std::span<std::byte> target)>;

/// What a shared library says of itself, without one of its instructions being run.
struct ElfFacts {
  std::string machine;                ///< "x86_64", "aarch64" …, "machine 4711" for one that is not known here
  std::vector<int> plugin_majors;     ///< n of every exported function chipfit_plugin_query_v<n>, ascending
  std::vector<std::string> exported;  ///< functions and data that other libraries can see, sorted
  std::vector<std::string> needed;    ///< file names of the libraries it is linked to, in the file's order
  std::vector<std::string> runpaths;  ///< where it looks for them first; $ORIGIN as it stands
};

/// Reads the dynamic symbols (PT_DYNAMIC, as the loader does; sections may be stripped). Every offset is checked
/// against `file_bytes`. `where` names the file in errors. Errors (bad_data): not ELF, 32-bit, other byte order, no
/// shared library, damaged.
Result<ElfFacts> probe_elf(const ReadAt&, std::uint64_t file_bytes, const std::string& where);
Result<ElfFacts> probe_elf_file(const std::filesystem::path&);

/// The machine this process runs on, by the same names.
std::string_view this_machine();

/// Ok where this harness can load the library: machine and ABI major are its own. Errors: unavailable (other machine,
/// other ABI major only), bad_data (no query function at all).
Result<void> usable_here(const ElfFacts&, const std::string& where);

}  // namespace chipfit::plan
