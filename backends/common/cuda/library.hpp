#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace cuda {

/// A shared library opened at run time. Never closed: unloading a driver library is the commonest crash of plugins.
struct Library {
  void* handle;
  std::string path;  ///< as the loader was asked for it
};

/// Folders to look in after the loader's own path: each of `wanted`, what lies in it as Python wheels lay it out
/// (nvidia/*/lib, sorted), and then the places where the CUDA toolkit is installed.
std::vector<std::filesystem::path> library_folders(const std::vector<std::filesystem::path>& wanted);

/// lib/python3*/site-packages of a Python environment; none where `environment` is empty or has none.
std::vector<std::filesystem::path> site_packages(const std::filesystem::path& environment);

/// "/a:/b" → its absolute entries.
std::vector<std::filesystem::path> split_path(const std::string& list);

/// The first of `names` that the loader finds by itself, else the first that loads from one of `folders`.
std::optional<Library> open_first(const std::vector<std::string>& names,
                                  const std::vector<std::filesystem::path>& folders);

/// The address of a function; Failure (UNAVAILABLE) names what the library lacks.
void* symbol(const Library&, const char* name);

}  // namespace cuda
