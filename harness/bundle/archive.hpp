#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>

#include "kernels/base/result.hpp"

namespace chipfit::bundle {

/// File names and contents of one folder without subfolders: all that a bundle is.
using Files = std::map<std::string, std::string>;

constexpr std::uint64_t largest_bundle = std::uint64_t{1} << 30;
constexpr std::size_t most_files = 64;

/// True for names that can stand in a bundle: letters, digits, '.', '_', '-' and '+', not beginning with '.' or '-', at
/// most 128.
bool is_file_name(std::string_view);

/// A tar archive (POSIX ustar) of the files below one folder `root`, byte for byte the same for the same files: no
/// times, no owners. Errors: internal.
Result<std::string> write_archive(const std::string& root, const Files&);

/// Reads a tar archive without touching the disk. Everything but plain files directly below one folder is refused:
/// absolute paths, "..", subfolders, links, devices, names that stand there twice, more than largest_bundle bytes or
/// most_files files. Errors (bad_data) name the entry. `where` names the archive.
Result<Files> read_archive(std::span<const char> bytes, const std::string& where);

}  // namespace chipfit::bundle
