#include "harness/results/result_files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace chipfit::results {

namespace fs = std::filesystem;

Result<std::vector<fs::path>> result_files(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) {
    return fail(Error::Kind::missing, "there is no such file or folder", path.string(),
                "name a run folder, a folder of runs or a results.csv");
  }
  if (!fs::is_directory(path, error)) return std::vector{path};
  if (fs::exists(path / "results.csv", error)) return std::vector{path / "results.csv"};
  std::vector<fs::path> files;
  for (fs::directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error)) {
    if (fs::exists(entry->path() / "results.csv", error)) files.push_back(entry->path() / "results.csv");
  }
  if (error) return fail(Error::Kind::io, fmt::format("cannot be listed: {}", error.message()), path.string());
  if (files.empty()) {
    return fail(Error::Kind::missing, "neither this folder nor one inside it holds a results.csv", path.string(),
                "chipfit run --suite quick makes one");
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace chipfit::results
