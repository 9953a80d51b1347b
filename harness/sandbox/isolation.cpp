#include "harness/sandbox/isolation.hpp"

#include <glob.h>

#include <algorithm>
#include <array>

namespace chipfit::sandbox {
namespace {

constexpr std::array<Isolation, 5> from_the_top = {Isolation::l3, Isolation::l2, Isolation::l1_landlock, Isolation::l1,
                                                   Isolation::l0};

struct PathOption {
  std::string_view word;
  std::vector<std::filesystem::path> Access::*paths;
};
constexpr std::array<PathOption, 3> path_options = {PathOption{"--read", &Access::read},
                                                    PathOption{"--write", &Access::write},
                                                    PathOption{"--device", &Access::devices}};

}  // namespace

std::span<const Isolation> levels_from_the_top() {
  return from_the_top;
}

std::string_view name(Isolation level) {
  switch (level) {
    case Isolation::l0:
      return "L0";
    case Isolation::l1:
      return "L1";
    case Isolation::l1_landlock:
      return "L1+Landlock";
    case Isolation::l2:
      return "L2";
    case Isolation::l3:
      break;
  }
  return "L3";
}

std::optional<Isolation> parse_isolation(std::string_view word) {
  const auto found =
      std::find_if(from_the_top.begin(), from_the_top.end(), [&](Isolation level) { return name(level) == word; });
  return found == from_the_top.end() ? std::nullopt : std::optional(*found);
}

bool has_seccomp(Isolation level) {
  return level != Isolation::l0;
}
bool has_landlock(Isolation level) {
  return level == Isolation::l3 || level == Isolation::l1_landlock;
}
bool has_namespaces(Isolation level) {
  return level == Isolation::l3 || level == Isolation::l2;
}

std::vector<std::filesystem::path> system_read_paths() {
  // Of /etc only what loaders and drivers read: as root a worker would own the secrets that lie beside it.
  return {"/usr",
          "/bin",
          "/sbin",
          "/lib",
          "/lib32",
          "/lib64",
          "/libx32",
          "/sys",
          "/proc",
          "/etc/ld.so.cache",
          "/etc/ld.so.conf",
          "/etc/ld.so.conf.d",
          "/etc/alternatives",
          "/etc/localtime",
          "/etc/nsswitch.conf",
          "/etc/OpenCL",
          "/etc/vulkan",
          "/etc/nvidia"};
}

std::vector<std::filesystem::path> matching_paths(std::span<const std::string> patterns) {
  std::vector<std::filesystem::path> paths;
  for (const std::string& pattern : patterns) {
    glob_t found{};
    if (glob(pattern.c_str(), 0, nullptr, &found) == 0)
      for (std::size_t i = 0; i < found.gl_pathc; ++i) paths.emplace_back(found.gl_pathv[i]);
    globfree(&found);
  }
  return paths;
}

std::vector<std::string> to_arguments(const Confinement& confinement) {
  std::vector<std::string> words = {"--isolation", std::string(name(confinement.level))};
  for (const auto& option : path_options)
    for (const auto& path : confinement.access.*option.paths) {
      words.emplace_back(option.word);
      words.push_back(path.string());
    }
  if (confinement.access.may_start_programs) words.emplace_back("--may-start-programs");
  return words;
}

Result<Confinement> from_arguments(std::span<const char* const> words) {
  Confinement confinement;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    const bool has_value = i + 1 < words.size();
    if (word == "--may-start-programs") {
      confinement.access.may_start_programs = true;
      continue;
    }
    const auto option =
        std::find_if(path_options.begin(), path_options.end(), [&](const auto& each) { return each.word == word; });
    if (option != path_options.end() && has_value) {
      (confinement.access.*option->paths).emplace_back(words[++i]);
      continue;
    }
    const auto level = word == "--isolation" && has_value ? parse_isolation(words[++i]) : std::nullopt;
    if (!level) return fail(Error::Kind::usage, "the worker does not understand '" + std::string(word) + "'");
    confinement.level = *level;
  }
  return confinement;
}

}  // namespace chipfit::sandbox
