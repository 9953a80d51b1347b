#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <functional>

#include "backends/plugin/chipfit_plugin.h"
#include "harness/plan/backends.hpp"
#include "harness/plan/elf_probe.hpp"
#include "harness/plan/json_text.hpp"
#include "kernels/base/did_you_mean.hpp"

namespace chipfit::plan {
namespace {

constexpr std::string_view suffix = ".chipfit.json";
constexpr std::uint64_t largest_manifest = 1 << 20;

const std::vector<std::string>& known_keys() {
  static const std::vector<std::string> keys{"format",        "abi",         "name",         "library",
                                             "architecture",  "description", "install_hint", "in_default_runs",
                                             "device_nodes",  "read_paths",  "environment",  "may_start_programs",
                                             "scratch_bytes", "options"};
  return keys;
}

/// Takes typed values out of a manifest; the first thing that is wrong is kept.
class Fields {
 public:
  Fields(const nlohmann::json& json, const std::string& text, const std::string& file)
      : json_(json), text_(text), file_(file) {}

  void take(std::string_view key, std::string& target) {
    with(key, "a string", &nlohmann::json::is_string, [&](const auto& value) { target = value; });
  }
  void take(std::string_view key, bool& target) {
    with(key, "true or false", &nlohmann::json::is_boolean, [&](const auto& value) { target = value; });
  }
  void take(std::string_view key, std::uint64_t& target) {
    with(key, "a whole number from 0 on", &nlohmann::json::is_number_unsigned,
         [&](const auto& value) { target = value; });
  }
  void take(std::string_view key, std::vector<std::string>& target) {
    with(key, "a list of strings", &nlohmann::json::is_array, [&](const nlohmann::json& list) {
      for (const auto& value : list) {
        if (!value.is_string()) return wrong(key, fmt::format("key '{}': a list of strings was expected", key));
        target.push_back(value);
      }
    });
  }
  void require(std::string_view key) {
    if (!json_.contains(key)) {
      wrong(key, fmt::format("key '{}' is missing", key), "docs/vendor-guide.md shows a whole manifest");
    }
  }
  void wrong(std::string_view key, std::string what, std::string hint = {}) {
    if (!error_) {
      error_ = Error{Error::Kind::bad_data, std::move(what), where_is_key(text_, file_, key), std::move(hint)};
    }
  }
  const std::optional<Error>& error() const { return error_; }

 private:
  template <class Take>
  void with(std::string_view key, std::string_view expected, bool (nlohmann::json::*is)() const noexcept, Take take) {
    const auto found = json_.find(key);
    if (found == json_.end()) return;
    if (!((*found).*is)()) return wrong(key, fmt::format("key '{}': {} was expected", key, expected));
    take(*found);
  }

  const nlohmann::json& json_;
  const std::string& text_;
  const std::string& file_;
  std::optional<Error> error_;
};

/// "$NAME" or "$NAME/folder": the variable's value stands in its place. Nothing where it is not set to an absolute
/// path.
std::optional<std::string> expanded(const std::string& path) {
  if (path.empty() || path[0] != '$') return path;
  const std::size_t end = std::min(path.find('/'), path.size());
  const char* value = std::getenv(path.substr(1, end - 1).c_str());
  if (value == nullptr || value[0] != '/') return std::nullopt;
  return value + path.substr(end);
}

/// Names stand in case names, file names and CSV cells.
bool is_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  };
  return !name.empty() && name.size() <= 64 && name.front() != '.' && name.front() != '-' &&
         std::all_of(name.begin(), name.end(), fits);
}

/// The major of "1.0"; -1 where it is no version.
int abi_major(const std::string& abi) {
  int major = -1, minor = -1;
  const char* end = abi.data() + abi.size();
  const auto first = std::from_chars(abi.data(), end, major);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '.') return -1;
  const auto second = std::from_chars(first.ptr + 1, end, minor);
  return second.ec == std::errc() && second.ptr == end && major >= 0 && minor >= 0 ? major : -1;
}

std::vector<std::string> unknown_keys(const nlohmann::json& json, const std::string& text, const std::string& file) {
  std::vector<std::string> notes;
  for (const auto& [key, value] : json.items()) {
    if (std::find(known_keys().begin(), known_keys().end(), key) != known_keys().end()) continue;
    const auto suggestion = did_you_mean(key, known_keys());
    notes.push_back(fmt::format("{}: unknown key '{}' is ignored{}{}", where_is_key(text, file, key), key,
                                suggestion.empty() ? "" : ", ", suggestion));
  }
  return notes;
}

Result<BackendManifest> read_manifest(const std::filesystem::path& path) {
  const auto text = read_text(path, largest_manifest);
  if (!text) return pass_on(text.error());
  const auto file = path.string();
  const auto json = parse_json_object(*text, file);
  if (!json) return pass_on(json.error());

  BackendManifest manifest;
  manifest.manifest = path;
  std::string library = path.filename().string();
  library.replace(library.size() - suffix.size(), suffix.size(), ".so");
  std::uint64_t format = 1;
  Fields fields(*json, *text, file);
  for (const auto* key : {"format", "abi", "name"}) fields.require(key);
  fields.take("format", format);
  if (format != 1) {
    fields.wrong("format", fmt::format("format {} is not known, this harness reads format 1", format),
                 "use a newer chipfit");
  }
  fields.take("abi", manifest.abi);
  fields.take("name", manifest.name);
  fields.take("library", library);
  fields.take("architecture", manifest.architecture);
  fields.take("description", manifest.description);
  fields.take("install_hint", manifest.install_hint);
  fields.take("in_default_runs", manifest.in_default_runs);
  fields.take("device_nodes", manifest.device_nodes);
  std::vector<std::string> read_paths;
  fields.take("read_paths", read_paths);
  for (const std::string& wanted : read_paths)
    if (auto there = expanded(wanted)) manifest.read_paths.push_back(std::move(*there));
  fields.take("environment", manifest.environment);
  fields.take("may_start_programs", manifest.may_start_programs);
  fields.take("scratch_bytes", manifest.scratch_bytes);
  fields.take("options", manifest.options);
  if (!is_name(manifest.name)) {
    fields.wrong("name", fmt::format("'{}' is not a backend name", manifest.name),
                 "letters, digits, '_', '-' and '.', at most 64, starting with a letter, digit or '_'");
  }
  if (abi_major(manifest.abi) < 0) {
    fields.wrong("abi", fmt::format("'{}' is not an ABI version", manifest.abi), "write \"abi\": \"1.0\"");
  }
  if (library.empty() || library.find('\0') != std::string::npos) {
    fields.wrong("library", "key 'library': a file name was expected");
  }
  if (fields.error()) return pass_on(*fields.error());
  manifest.library = (path.parent_path() / library).lexically_normal();
  manifest.notes = unknown_keys(*json, *text, file);

  if (const int major = abi_major(manifest.abi); major != CHIPFIT_ABI_MAJOR) {
    return fail(Error::Kind::unavailable, fmt::format("ABI major {}, this harness speaks {}", major, CHIPFIT_ABI_MAJOR),
                where_is_key(*text, file, "abi"),
                major > CHIPFIT_ABI_MAJOR ? "use a newer chipfit" : "rebuild the plugin against the current header");
  }
  return manifest;
}

Result<void> check_library(BackendManifest& manifest) {
  const auto where = manifest.library.string();
  std::error_code code;
  if (!std::filesystem::exists(manifest.library, code)) {
    return fail(Error::Kind::unavailable,
                fmt::format("the library of backend '{}' is not there{}", manifest.name,
                            std::filesystem::is_symlink(manifest.library, code) ? " (a link to nowhere)" : ""),
                where,
                fmt::format("{}{}build or copy the plugin to {}", manifest.install_hint,
                            manifest.install_hint.empty() ? "" : "\n", where));
  }
  const auto facts = probe_elf_file(manifest.library);
  if (!facts) return pass_on(facts.error());
  if (const auto usable = usable_here(*facts, where); !usable) return usable;
  if (manifest.architecture.empty()) manifest.architecture = facts->machine;
  if (manifest.architecture != facts->machine) {
    return fail(Error::Kind::bad_data,
                fmt::format("the manifest says {}, the library is for {}", manifest.architecture, facts->machine),
                manifest.manifest.string(), "correct \"architecture\" in the manifest");
  }
  return {};
}

}  // namespace

Result<BackendManifest> load_manifest(const std::filesystem::path& manifest_or_library) {
  auto path = manifest_or_library;
  if (!path.filename().string().ends_with(suffix)) {
    const bool is_library = path.extension() == ".so";
    if (!is_library) {
      return fail(Error::Kind::usage, "neither a plugin (.so) nor a manifest (.chipfit.json)", path.string());
    }
    path.replace_extension(suffix.substr(1));
    std::error_code code;
    if (!std::filesystem::exists(manifest_or_library, code)) {
      return fail(Error::Kind::missing, "no such plugin", manifest_or_library.string());
    }
    if (!std::filesystem::exists(path, code)) {
      return fail(Error::Kind::missing, "the plugin has no manifest beside it", path.string(),
                  fmt::format(R"(write at least {{"format": 1, "abi": "1.0", "name": "{}"}})",
                              manifest_or_library.stem().string()));
    }
  }
  auto manifest = read_manifest(path);
  if (!manifest) return manifest;
  if (const auto usable = check_library(*manifest); !usable) return pass_on(usable.error());
  return manifest;
}

}  // namespace chipfit::plan
