#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "kernels/base/result.hpp"

namespace chipfit::results {

struct FileDigest {
  std::string path, sha256;
  friend bool operator==(const FileDigest&, const FileDigest&) = default;
};

/// A plugin, and everything that its worker mapped executable.
struct ManifestBackend {
  std::string name, version, options;
  std::uint32_t abi_minor = 0;
  FileDigest library;
  std::vector<FileDigest> loaded_libraries;
  friend bool operator==(const ManifestBackend&, const ManifestBackend&) = default;
};

struct ManifestDevice {
  std::string backend, device_uid, vendor, chip, architecture, serial, driver, runtime;
  std::uint32_t device_index = 0, compute_units = 0, threads = 0;
  std::uint64_t memory_bytes = 0;
  double nominal_clock_hz = 0, memory_byte_per_s = 0;  ///< 0: unknown
  std::string isolation;                               ///< level that was used: "L0" … or "in-process"
  friend bool operator==(const ManifestDevice&, const ManifestDevice&) = default;
};

/// A peak: claimed by a plugin, or measured by the harness on this machine.
struct ManifestPeak {
  std::string of;      ///< device_uid, or "host"
  std::string what;    ///< dtype ("f32", "i8"), "f32:tf32", or "read_bandwidth"
  std::string source;  ///< "claimed" or "empirical"
  std::string method;  ///< "avx512f fma f32"
  double value = 0;
  std::string unit;         ///< "FLOP/s" or "byte/s"
  int threads = 0;          ///< 0: not said
  std::string run_id = {};  ///< of the run that measured it; empty: this one
  friend bool operator==(const ManifestPeak&, const ManifestPeak&) = default;
};

/// A manifest of the same run that a resume has replaced. It keeps the chain whole.
struct SupersededManifest {
  std::string sha256, finished_utc;
  friend bool operator==(const SupersededManifest&, const SupersededManifest&) = default;
};

/// A run of one task on one machine, which a merged run has taken in.
struct ManifestPart {
  std::uint64_t index = 0;
  std::string run_id, host, manifest_sha256, started_utc, finished_utc;
  friend bool operator==(const ManifestPart&, const ManifestPart&) = default;
};

/// Where the rows of a run come from: manifest.json.
struct Manifest {
  std::string run_id, plan_sha256, lab;
  std::vector<std::string> argv;
  std::string started_utc;
  std::string finished_utc;  ///< empty while the run goes on, and for ever when it was killed
  bool interrupted = false;  ///< ended by SIGINT or SIGTERM: resumable

  std::string harness_version, harness_commit, harness_compiler, harness_build_type;  ///< see build_info.hpp
  FileDigest harness;                                                                 ///< the running binary
  FileDigest worker;
  std::vector<ManifestBackend> backends;
  nlohmann::json machine = nlohmann::json::object();  ///< telemetry::to_json(Machine)
  std::vector<ManifestDevice> devices;
  std::vector<ManifestPeak> peaks;
  std::map<std::string, std::string> environment;  ///< what the worker was given
  std::map<std::string, std::uint64_t> seeds;      ///< by use: "pool", "views", "poison"
  std::string isolation_asked, clock_source;       ///< "L0", "CLOCK_MONOTONIC_RAW"
  nlohmann::json settings = nlohmann::json::object();

  std::vector<FileDigest> files;         ///< of the run folder, by name; filled by seal_run
  std::string previous_manifest_sha256;  ///< of the run before on this machine and account; empty: none
  std::vector<SupersededManifest> superseded;
  std::vector<ManifestPart> parts;  ///< of a merged run, by index; what they say themselves is in parts.jsonl
  friend bool operator==(const Manifest&, const Manifest&) = default;
};

/// With harness_version … harness_build_type, the running binary's digest and started_utc filled in.
Manifest new_manifest();

/// Numbers beyond 2^53 (seeds) travel as decimal text.
nlohmann::json to_json(const Manifest&);
/// Members that are not known are ignored. Errors: bad_data, with the member in `where`.
Result<Manifest> manifest_from_json(const nlohmann::json&);

/// folder/manifest.json, crash-safe. Written once at the start of a run, without `files`.
Result<void> write_manifest(const std::filesystem::path& folder, const Manifest&);
/// Errors: missing, io, bad_data.
Result<Manifest> read_manifest(const std::filesystem::path& folder);

/// What sealing a run has done.
struct SealedRun {
  std::string manifest_sha256;
  std::vector<std::string> notes;  ///< what did not work and does no harm to the results, one line each
};

/// The end of a run: digests of the folder's files, link to the previous manifest of this machine, manifest.json,
/// SHA256SUMS (as sha256sum -c reads it). Then `state_folder`/last-manifest.sha256 names this manifest; where that
/// cannot be written there is a note. Sets finished_utc unless it is set. Errors: io.
Result<SealedRun> seal_run(const std::filesystem::path& folder, Manifest&, const std::filesystem::path& state_folder);

/// $XDG_STATE_HOME/chipfit, else ~/.local/state/chipfit; empty where neither is known.
std::filesystem::path default_state_folder();

/// Regular files of a run folder by name, without SHA256SUMS, its signature and left-over temporaries. Errors: io.
Result<std::vector<FileDigest>> digest_folder(const std::filesystem::path& folder);

}  // namespace chipfit::results
