#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "harness/plan/backends.hpp"
#include "kernels/base/did_you_mean.hpp"

namespace chipfit::plan {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view suffix = ".chipfit.json";

/// Files of a folder by name, so that a catalog does not depend on the order of the disk.
Result<std::vector<fs::path>> sorted_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code code;
  fs::directory_iterator entry(folder, code);
  for (; !code && entry != fs::directory_iterator(); entry.increment(code)) files.push_back(entry->path());
  if (code) return fail(Error::Kind::io, fmt::format("cannot list the plugin folder: {}", code.message()), folder);
  std::sort(files.begin(), files.end());
  return files;
}

std::string stem_of(const fs::path& path) {
  auto name = path.filename().string();
  if (name.ends_with(suffix)) name.resize(name.size() - suffix.size());
  if (name.ends_with(".so")) name.resize(name.size() - 3);
  return name;
}

void add(Catalog& catalog, BackendManifest manifest) {
  const auto same = std::find_if(catalog.usable.begin(), catalog.usable.end(),
                                 [&](const BackendManifest& other) { return other.name == manifest.name; });
  if (same == catalog.usable.end()) {
    catalog.usable.push_back(std::move(manifest));
    return;
  }
  catalog.rejected.push_back(
      {manifest.name, manifest.manifest,
       Error{Error::Kind::unavailable,
             fmt::format("hidden by another backend '{}' that was found first", manifest.name), same->manifest.string(),
             fmt::format("name this one by its path: --backend {}", manifest.manifest.string())}});
}

void add_folder(Catalog& catalog, const fs::path& folder) {
  std::error_code code;
  if (!fs::exists(folder, code) && !code) return;
  const auto files = sorted_files(folder);
  if (!files) {
    catalog.rejected.push_back({stem_of(folder), folder, files.error()});
    return;
  }
  std::set<fs::path> libraries;  // that have a manifest, whatever it says
  for (const auto& path : *files) {
    if (!path.filename().string().ends_with(suffix)) continue;
    libraries.insert(folder / (stem_of(path) + ".so"));
    auto manifest = load_manifest(path);
    if (manifest) {
      libraries.insert(manifest->library);
      add(catalog, std::move(*manifest));
    } else {
      catalog.rejected.push_back({stem_of(path), path, manifest.error()});
    }
  }
  for (const auto& path : *files) {
    if (path.extension() != ".so" || libraries.contains(path.lexically_normal()) || libraries.contains(path)) continue;
    const auto reason = load_manifest(path);
    if (!reason) catalog.rejected.push_back({stem_of(path), path, reason.error()});
  }
}

}  // namespace

std::vector<fs::path> plugin_folders() {
  std::vector<fs::path> folders;
  const auto add_absolute = [&](const fs::path& folder) {
    if (folder.is_absolute() && std::find(folders.begin(), folders.end(), folder) == folders.end()) {
      folders.push_back(folder);
    }
  };
  if (const char* list = std::getenv("CHIPFIT_PLUGIN_PATH")) {
    std::string_view rest = list;
    while (!rest.empty()) {
      const auto end = rest.find(':');
      add_absolute(fs::path(rest.substr(0, end)));
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
  }
  const char* data_home = std::getenv("XDG_DATA_HOME");
  const char* home = std::getenv("HOME");
  if (data_home && *data_home) {
    add_absolute(fs::path(data_home) / "chipfit/plugins");
  } else if (home && *home) {
    add_absolute(fs::path(home) / ".local/share/chipfit/plugins");
  }
  std::error_code code;
  const auto executable = fs::read_symlink("/proc/self/exe", code);
  if (!code) add_absolute(executable.parent_path().parent_path() / "lib/chipfit/plugins");
  return folders;
}

Catalog discover(const std::vector<fs::path>& folders) {
  Catalog catalog;
  std::set<fs::path> seen;
  for (const auto& folder : folders) {
    std::error_code code;
    const auto canonical = fs::weakly_canonical(folder, code);
    if (seen.insert(code ? folder : canonical).second) add_folder(catalog, folder);
  }
  const auto by_name = [](const auto& a, const auto& b) { return a.name < b.name; };
  std::stable_sort(catalog.usable.begin(), catalog.usable.end(), by_name);
  std::stable_sort(catalog.rejected.begin(), catalog.rejected.end(), by_name);
  return catalog;
}

Result<BackendManifest> find_backend(const Catalog& catalog, const std::string& name_or_path) {
  if (name_or_path.find('/') != std::string::npos || name_or_path.ends_with(".so") || name_or_path.ends_with(".json")) {
    // The plan and the worker need a path that does not depend on the current folder.
    std::error_code code;
    const auto path = fs::absolute(name_or_path, code);
    return load_manifest(code ? fs::path(name_or_path) : path);
  }
  std::vector<std::string> names;
  for (const auto& manifest : catalog.usable) {
    if (manifest.name == name_or_path) return manifest;
    names.push_back(manifest.name);
  }
  for (const auto& rejected : catalog.rejected) {
    if (rejected.name == name_or_path) return pass_on(rejected.error);
    names.push_back(rejected.name);
  }
  const auto suggestion = did_you_mean(name_or_path, names);
  std::string known;
  for (const auto& manifest : catalog.usable) known += (known.empty() ? "" : ", ") + manifest.name;
  return fail(Error::Kind::usage, fmt::format("unknown backend '{}'", name_or_path), {},
              fmt::format("{}{}", suggestion.empty() ? "" : suggestion + " ",
                          known.empty() ? "no backend was found: chipfit doctor shows where plugins are looked for"
                                        : fmt::format("backends here: {} (chipfit devices)", known)));
}

}  // namespace chipfit::plan
