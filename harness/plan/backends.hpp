#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "kernels/base/result.hpp"

namespace chipfit::plan {

/// A plugin's manifest (x.chipfit.json beside x.so), read before any of its code runs.
struct BackendManifest {
  std::string name;                ///< what --backend takes
  std::filesystem::path manifest;  ///< where it was found
  std::filesystem::path library;
  std::string abi;           ///< "1.0"
  std::string architecture;  ///< "x86_64", "aarch64"
  std::string description;
  std::string install_hint;  ///< what to install where a library is missing; may be empty
  std::vector<std::string> device_nodes, read_paths, environment;
  bool may_start_programs = false;
  bool in_default_runs = true;      ///< false: only when named (simulated)
  std::string options;              ///< "key=value key=value"
  std::uint64_t scratch_bytes = 0;  ///< space the plugin wants in its scratch folder
  std::vector<std::string> notes;   ///< what is odd about the manifest but does not hinder: unknown keys
};

/// A file that was looked at and cannot be used, with the reason in words. One bad plugin never hides another.
struct RejectedBackend {
  std::string name;  ///< from the manifest or the file name
  std::filesystem::path path;
  Error error;
};

struct Catalog {
  std::vector<BackendManifest> usable;    ///< first found of each name, sorted by name
  std::vector<RejectedBackend> rejected;  ///< and candidates hidden by an earlier one of the same name
};

/// Folders in order: CHIPFIT_PLUGIN_PATH (colon-separated; entries that are not absolute are ignored),
/// $XDG_DATA_HOME/chipfit/plugins, <prefix>/lib/chipfit/plugins of the running executable. Never the current folder.
std::vector<std::filesystem::path> plugin_folders();

/// Reads all manifests in `folders` and probes each library as an ELF file without loading it: class, machine,
/// exported chipfit_plugin_query_v<major>, manifest's ABI major. Folders that are not there are skipped.
Catalog discover(const std::vector<std::filesystem::path>& folders);

/// --backend: a name of the catalog, or the path of a .so or manifest. Error (usage, with did-you-mean) for an unknown
/// name; the rejected candidate's own error where there is one.
Result<BackendManifest> find_backend(const Catalog&, const std::string& name_or_path);

/// What one manifest says, with nothing known of its library. Errors: missing, io; bad_data with file:line:column;
/// unavailable (another ABI major).
Result<BackendManifest> read_manifest(const std::filesystem::path&);

/// The same of a text; `file` is where it stands, and where its library lies beside. Errors: as read_manifest.
Result<BackendManifest> parse_manifest(const std::string& text, const std::filesystem::path& file);

/// Reads one manifest and probes its library. Errors: missing (no manifest), bad_data (with file:line:column),
/// unavailable (library missing, of another machine or of another ABI major).
Result<BackendManifest> load_manifest(const std::filesystem::path& manifest_or_library);

}  // namespace chipfit::plan
