#pragma once
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/base/result.hpp"

namespace chipfit::sandbox {

/// How far a worker is kept from the machine (docs/judging.md), from the weakest. l1_landlock is Landlock without
/// namespaces: for machines where bubblewrap cannot make any.
enum class Isolation { l0, l1, l1_landlock, l2, l3 };

/// Every level, strongest first.
std::span<const Isolation> levels_from_the_top();

/// "L0", "L1", "L1+Landlock", "L2", "L3".
std::string_view name(Isolation);
/// Nothing for any other word.
std::optional<Isolation> parse_isolation(std::string_view);

bool has_seccomp(Isolation);
bool has_landlock(Isolation);
bool has_namespaces(Isolation);

/// What a worker may reach beyond the system's own libraries. Paths are absolute; what is not there is passed over.
struct Access {
  std::vector<std::filesystem::path> read;     ///< files and folders
  std::vector<std::filesystem::path> write;    ///< folders that it may fill
  std::vector<std::filesystem::path> devices;  ///< device nodes that it opens, read and write
  bool may_start_programs = false;             ///< fork and execve; else the worker stays one process
};

/// A level with what it leaves open.
struct Confinement {
  Isolation level = Isolation::l0;
  Access access;
};

/// Folders and files of the system that every worker may read: libraries, the loader's tables, /sys and /proc.
std::vector<std::filesystem::path> system_read_paths();

/// The files that patterns such as "/dev/nvidia*" stand for (glob(7)); a pattern without matches stands for nothing.
std::vector<std::filesystem::path> matching_paths(std::span<const std::string> patterns);

/// The words by which the worker's program is told its confinement, and their reading.
std::vector<std::string> to_arguments(const Confinement&);
/// Error (usage): the word that is not understood.
Result<Confinement> from_arguments(std::span<const char* const> words);

}  // namespace chipfit::sandbox
