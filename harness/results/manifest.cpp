#include "harness/results/manifest.hpp"

#include <fmt/format.h>

#include "harness/results/build_info.hpp"
#include "harness/results/digest.hpp"
#include "harness/results/run_folder.hpp"
#include "kernels/base/parse_number.hpp"

namespace chipfit::results {
namespace {

using nlohmann::json;

constexpr std::string_view kSchema = "manifest-v1";

// Each struct says its members once; reading and writing follow from that.
template <class Visitor>
void members(Visitor&& visit, FileDigest& x) {
  visit("path", x.path), visit("sha256", x.sha256);
}
template <class Visitor>
void members(Visitor&& visit, ManifestBackend& x) {
  visit("name", x.name), visit("version", x.version), visit("options", x.options), visit("abi_minor", x.abi_minor);
  visit("library", x.library), visit("loaded_libraries", x.loaded_libraries);
}
template <class Visitor>
void members(Visitor&& visit, ManifestDevice& x) {
  visit("backend", x.backend), visit("device_uid", x.device_uid), visit("vendor", x.vendor), visit("chip", x.chip);
  visit("architecture", x.architecture), visit("serial", x.serial), visit("driver", x.driver);
  visit("runtime", x.runtime), visit("device_index", x.device_index), visit("compute_units", x.compute_units);
  visit("threads", x.threads), visit("memory_bytes", x.memory_bytes), visit("nominal_clock_hz", x.nominal_clock_hz);
  visit("memory_byte_per_s", x.memory_byte_per_s), visit("isolation", x.isolation);
}
template <class Visitor>
void members(Visitor&& visit, ManifestPeak& x) {
  visit("of", x.of), visit("what", x.what), visit("source", x.source), visit("method", x.method);
  visit("value", x.value), visit("unit", x.unit), visit("threads", x.threads), visit("run_id", x.run_id);
}
template <class Visitor>
void members(Visitor&& visit, SupersededManifest& x) {
  visit("sha256", x.sha256), visit("finished_utc", x.finished_utc);
}
template <class Visitor>
void members(Visitor&& visit, ManifestPart& x) {
  visit("index", x.index), visit("run_id", x.run_id), visit("host", x.host);
  visit("manifest_sha256", x.manifest_sha256), visit("started_utc", x.started_utc);
  visit("finished_utc", x.finished_utc);
}
template <class Visitor>
void members(Visitor&& visit, Manifest& x) {
  visit("run_id", x.run_id), visit("plan_sha256", x.plan_sha256), visit("lab", x.lab), visit("argv", x.argv);
  visit("started_utc", x.started_utc), visit("finished_utc", x.finished_utc), visit("interrupted", x.interrupted);
  visit("harness_version", x.harness_version), visit("harness_commit", x.harness_commit);
  visit("harness_compiler", x.harness_compiler), visit("harness_build_type", x.harness_build_type);
  visit("harness", x.harness), visit("worker", x.worker), visit("backends", x.backends), visit("machine", x.machine);
  visit("devices", x.devices), visit("peaks", x.peaks), visit("environment", x.environment), visit("seeds", x.seeds);
  visit("isolation_asked", x.isolation_asked), visit("clock_source", x.clock_source), visit("settings", x.settings);
  visit("files", x.files), visit("previous_manifest_sha256", x.previous_manifest_sha256);
  visit("superseded", x.superseded), visit("parts", x.parts);
}

template <class T>
concept Struct = requires(T& x) {
  members([](const char*, auto&) {}, x);
};
template <class T>
concept ListOfStructs = Struct<typename T::value_type>;

template <class T>
json write(const T& value);

struct Writer {
  json& out;
  template <class T>
  void operator()(const char* name, const T& value) {
    out[name] = write(value);
  }
};

template <class T>
json write(const T& value) {
  if constexpr (Struct<T>) {
    json out = json::object();
    members(Writer{out}, const_cast<T&>(value));  // the visitor takes it as const again
    return out;
  } else if constexpr (ListOfStructs<T>) {
    json out = json::array();
    for (const auto& each : value) out.push_back(write(each));
    return out;
  } else if constexpr (std::is_same_v<T, std::map<std::string, std::uint64_t>>) {
    json out = json::object();
    for (const auto& [name, number] : value) out[name] = std::to_string(number);
    return out;
  } else {
    return value;
  }
}

/// Thrown inside this file only: the member's name travels up through the recursion.
struct Fault {
  std::string member, what;
};

template <class T>
void read(const json& in, const std::string& member, T& value);

struct MemberReader {
  const json& in;
  const std::string& parent;
  template <class T>
  void operator()(const char* name, T& value) {
    const auto found = in.find(name);
    if (found != in.end()) read(*found, parent.empty() ? name : fmt::format("{}.{}", parent, name), value);
  }
};

std::uint64_t whole_number(const json& in, const std::string& member) {
  const auto text = in.get<std::string>();
  const auto value = parse_number<std::uint64_t>(text);
  if (!value) throw Fault{member, fmt::format("'{}' is no whole number of 64 bits", text)};
  return *value;
}

template <class T>
void read(const json& in, const std::string& member, T& value) {
  if constexpr (Struct<T>) {
    if (!in.is_object()) throw Fault{member, "is not an object"};
    members(MemberReader{in, member}, value);
  } else if constexpr (ListOfStructs<T>) {
    if (!in.is_array()) throw Fault{member, "is not a list"};
    for (std::size_t i = 0; i < in.size(); ++i) read(in[i], fmt::format("{}[{}]", member, i), value.emplace_back());
  } else if constexpr (std::is_same_v<T, std::map<std::string, std::uint64_t>>) {
    for (const auto& [name, number] : in.get<std::map<std::string, json>>()) {
      value[name] = whole_number(number, fmt::format("{}.{}", member, name));
    }
  } else {
    try {
      in.get_to(value);
    } catch (const json::exception&) {
      throw Fault{member, fmt::format("has the wrong type ({})", in.type_name())};
    }
  }
}

}  // namespace

Manifest new_manifest() {
  Manifest manifest;
  const BuildInfo& build = build_info();
  manifest.harness_version = build.version;
  manifest.harness_commit = build.commit;
  manifest.harness_compiler = build.compiler;
  manifest.harness_build_type = build.build_type;
  manifest.started_utc = utc_timestamp();
  std::error_code error;
  manifest.harness.path = std::filesystem::read_symlink("/proc/self/exe", error).string();
  manifest.harness.sha256 = sha256_file("/proc/self/exe").value_or("");
  return manifest;
}

json to_json(const Manifest& manifest) {
  json out = write(manifest);
  out["schema"] = kSchema;
  return out;
}

Result<Manifest> manifest_from_json(const json& in) {
  const auto wrong = [](std::string what, std::string member) {
    return fail(Error::Kind::bad_data, std::move(what), std::move(member), "this is no manifest of this chipfit");
  };
  if (!in.is_object()) return wrong("is not an object", "");
  if (in.value("schema", json()) != kSchema) return wrong(fmt::format("is not '{}'", kSchema), "schema");
  try {
    Manifest manifest;
    read(in, "", manifest);
    return manifest;
  } catch (const Fault& fault) {
    return wrong(fault.what, fault.member);
  } catch (const json::exception& error) {
    return wrong(error.what(), "");
  }
}

Result<void> write_manifest(const std::filesystem::path& folder, const Manifest& manifest) {
  // Text from outside (argv, plugin names) need not be UTF-8, which JSON must be.
  const auto text = to_json(manifest).dump(2, ' ', false, json::error_handler_t::replace);
  return write_whole(folder / "manifest.json", text + "\n");
}

Result<Manifest> read_manifest(const std::filesystem::path& folder) {
  const auto path = folder / "manifest.json";
  const auto text = read_whole(path);
  if (!text) return pass_on(text.error());
  const json parsed = json::parse(*text, nullptr, false);
  if (parsed.is_discarded()) return fail(Error::Kind::bad_data, "is not JSON", path.string());
  auto manifest = manifest_from_json(parsed);
  if (!manifest) {
    Error error = manifest.error();
    error.where = error.where.empty() ? path.string() : fmt::format("{}: {}", path.string(), error.where);
    return pass_on(std::move(error));
  }
  return manifest;
}

}  // namespace chipfit::results
