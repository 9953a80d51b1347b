#include "harness/plan/library_search.hpp"

#include <glob.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace chipfit::plan {
namespace {

namespace fs = std::filesystem;

void add_list(std::vector<fs::path>& folders, std::string_view list) {
  while (!list.empty()) {
    const auto end = std::min(list.find(':'), list.size());
    if (end > 0) folders.emplace_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

std::vector<fs::path> matching_files(const std::string& pattern) {
  glob_t found{};
  std::vector<fs::path> files;
  if (glob(pattern.c_str(), 0, nullptr, &found) == 0)
    for (std::size_t i = 0; i < found.gl_pathc; ++i) files.emplace_back(found.gl_pathv[i]);
  globfree(&found);
  return files;
}

/// One folder a line, "include PATTERN", "#" begins a comment. `depth` ends a circle of includes.
void add_configuration(std::vector<fs::path>& folders, const fs::path& file, int depth) {
  if (depth > 4) return;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    line.resize(std::min(line.find('#'), line.size()));
    const auto begin = line.find_first_not_of(" \t");
    if (begin == std::string::npos) continue;
    line = line.substr(begin, line.find_last_not_of(" \t") - begin + 1);
    constexpr std::string_view include = "include ";
    if (!line.starts_with(include)) {
      folders.emplace_back(line);
      continue;
    }
    const fs::path pattern = line.substr(line.find_first_not_of(" \t", include.size()));
    for (const auto& each : matching_files((file.parent_path() / pattern).string()))
      add_configuration(folders, each, depth + 1);
  }
}

std::string with_origin(std::string text, const fs::path& origin) {
  for (const std::string mark : {"${ORIGIN}", "$ORIGIN"})
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at))
      text.replace(at, mark.size(), origin.string());
  return text;
}

}  // namespace

std::vector<fs::path> library_folders(const ElfFacts& facts, const fs::path& library, const fs::path& configuration) {
  std::vector<fs::path> folders;
  std::error_code ignored;
  const fs::path origin = fs::absolute(library, ignored).parent_path();
  for (const auto& runpath : facts.runpaths) folders.emplace_back(with_origin(runpath, origin));
  if (const char* list = std::getenv("LD_LIBRARY_PATH")) add_list(folders, list);
  add_configuration(folders, configuration, 0);
  for (const char* own : {"/lib", "/usr/lib", "/lib64", "/usr/lib64"}) folders.emplace_back(own);
  return folders;
}

fs::path find_library(const std::string& name, const std::vector<fs::path>& folders) {
  std::error_code ignored;
  if (name.find('/') != std::string::npos) return fs::exists(name, ignored) ? fs::path(name) : fs::path();
  for (const auto& folder : folders)
    if (fs::exists(folder / name, ignored)) return folder / name;
  return {};
}

}  // namespace chipfit::plan
