#include "backends/common/cuda/library.hpp"

#include <dlfcn.h>
#include <chipfit/chipfit_plugin.hpp>

#include <algorithm>
#include <string_view>

namespace cuda {
namespace {

namespace fs = std::filesystem;

constexpr const char* kToolkitFolders[] = {"/usr/local/cuda/lib64", "/opt/cuda/lib64", "/usr/lib/cuda/lib64"};

/// The folders in `parent`, by name; none where it cannot be read.
std::vector<fs::path> folders_in(const fs::path& parent) {
  std::vector<fs::path> found;
  std::error_code code;
  for (fs::directory_iterator entry(parent, code), end; !code && entry != end; entry.increment(code))
    if (entry->is_directory(code)) found.push_back(entry->path());
  std::sort(found.begin(), found.end());
  return found;
}

void add_if_there(std::vector<fs::path>& folders, const fs::path& folder) {
  std::error_code code;
  if (fs::is_directory(folder, code) && std::find(folders.begin(), folders.end(), folder) == folders.end())
    folders.push_back(folder);
}

}  // namespace

std::vector<fs::path> library_folders(const std::vector<fs::path>& wanted) {
  std::vector<fs::path> folders;
  for (const fs::path& folder : wanted) {
    add_if_there(folders, folder);
    for (const fs::path& package : folders_in(folder / "nvidia")) add_if_there(folders, package / "lib");
  }
  for (const char* folder : kToolkitFolders) add_if_there(folders, folder);
  return folders;
}

std::vector<fs::path> site_packages(const fs::path& environment) {
  std::vector<fs::path> found;
  if (environment.empty()) return found;
  for (const fs::path& folder : folders_in(environment / "lib"))
    if (folder.filename().string().rfind("python3", 0) == 0) add_if_there(found, folder / "site-packages");
  return found;
}

std::vector<fs::path> split_path(const std::string& list) {
  std::vector<fs::path> paths;
  std::string_view rest = list;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    const fs::path entry(rest.substr(0, end));
    if (entry.is_absolute()) paths.push_back(entry);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return paths;
}

std::optional<Library> open_first(const std::vector<std::string>& names, const std::vector<fs::path>& folders) {
  const auto open = [](const std::string& path) -> std::optional<Library> {
    if (void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) return Library{handle, path};
    return std::nullopt;
  };
  for (const std::string& name : names)
    if (auto library = open(name)) return library;
  for (const std::string& name : names)
    for (const fs::path& folder : folders)
      if (auto library = open((folder / name).string())) return library;
  return std::nullopt;
}

void* symbol(const Library& library, const char* name) {
  if (void* address = dlsym(library.handle, name)) return address;
  throw chipfit::plugin::Failure(CHIPFIT_UNAVAILABLE, library.path + " has no " + name + ": it is too old");
}

}  // namespace cuda
