#include "harness/judge/provenance.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "harness/results/digest.hpp"
#include "harness/sandbox/environment.hpp"
#include "harness/telemetry/nvml.hpp"
#include "harness/wire/text.hpp"

namespace chipfit::judge {

namespace {

/// What NVIDIA's driver tells of a device beyond the plugin, for the manifest's machine; null where it is not there.
nlohmann::json nvml_facts(const std::string& uuid) {
  if (!uuid.starts_with("GPU-")) return {};
  const auto nvml = telemetry::Nvml::open();
  if (!nvml) return {};
  const auto index = nvml->find(uuid);
  if (!index) return {};
  const auto gpu = nvml->identity(*index);
  if (!gpu) return {};
  nlohmann::json facts = {{"name", gpu->name}, {"pci_bus", gpu->pci_bus}, {"driver", gpu->driver}};
  if (gpu->ecc) facts["ecc"] = *gpu->ecc;
  if (gpu->power_limit_w) facts["power_limit_w"] = *gpu->power_limit_w;
  if (gpu->max_clock_hz) facts["max_clock_hz"] = *gpu->max_clock_hz;
  if (const auto state = nvml->read(*index); state && state->ecc_uncorrected)
    facts["ecc_uncorrected"] = *state->ecc_uncorrected;
  return facts;
}

}  // namespace

Provenance::Provenance(const RunOptions& options, const telemetry::Machine& machine, const RunFacts& run)
    : manifest_(results::new_manifest()),
      shared_peaks_(options.shared_peaks),
      isolation_(run.isolation),
      last_level_cache_bytes_(machine.last_level_cache_bytes) {
  results::Manifest& m = manifest_;
  m.run_id = run.run_id;
  m.plan_sha256 = run.plan_sha256;
  m.lab = run.lab;
  m.argv = options.argv;
  m.machine = telemetry::to_json(machine);
  m.isolation_asked = options.in_process ? "in-process" : options.plan.isolation;
  m.clock_source = "CLOCK_MONOTONIC_RAW";
  for (const DevicePeak& peak : options.device_peaks) m.peaks.push_back(for_manifest(peak));
  const MeasureSettings& s = options.measure;
  m.settings = {{"mode", options.plan.mode},
                {"launches", options.plan.launches},
                {"target_relative_half_width", s.stop.target_relative_half_width},
                {"min_time_s", s.stop.min_time_s},
                {"max_time_s", s.stop.max_time_s},
                {"round_s", s.round_s},
                {"latency_s", s.latency_s},
                {"proven_s", s.proven_s},
                {"steady_s", s.steady_s},
                {"sustained_s", s.sustained_s},
                {"benchmark_flags", options.benchmark_flags}};
  if (options.plan.order == plan::Order::interleaved) {
    m.settings["order"] = "interleaved";
    m.seeds["order"] = oracle::secret_seed().lo;
  }
  if (options.plan.order == plan::Order::simultaneous) m.settings["order"] = "simultaneous";
  if (auto worker = results::sha256_file(options.worker_binary)) m.worker = {options.worker_binary.string(), *worker};
  for (const plan::PlannedDevice& device : options.plan.devices) {
    const auto known =
        std::any_of(m.backends.begin(), m.backends.end(), [&](const auto& b) { return b.name == device.backend; });
    if (known) continue;
    results::ManifestBackend backend;
    backend.name = device.backend;
    backend.options = device.options;
    backend.library = {options.backends.at(device.backend).library.string(), device.library_sha256};
    m.backends.push_back(std::move(backend));
    const auto& names = options.backends.at(device.backend).environment;
    for (const std::string& entry : sandbox::worker_environment("scratch", names, environ))
      if (const auto equals = entry.find('='); equals != std::string::npos)
        m.environment[entry.substr(0, equals)] = entry.substr(equals + 1);
  }
}

oracle::Seed Provenance::case_seed(const std::string& case_id, const std::string& backend, std::uint32_t device,
                                   int launch) const {
  const std::string digest = results::sha256(fmt::format("{}/{}/{}/{}", case_id, backend, device, launch));
  std::uint64_t tag = 0;
  std::from_chars(digest.data(), digest.data() + 16, tag, 16);
  return master_.derive(tag);
}

void Provenance::continue_from(const results::Manifest& before, const std::filesystem::path& folder) {
  results::Manifest& m = manifest_;
  m.started_utc = before.started_utc;
  m.devices = before.devices;
  m.peaks = before.peaks;
  for (const auto& device : m.devices) known_devices_.insert(device.device_uid + "/" + device.backend);
  for (const auto& peak : m.peaks)
    if (peak.what == "read_bandwidth") read_bandwidth_ = peak.value;
  for (auto& backend : m.backends)
    for (const auto& earlier : before.backends)
      if (earlier.name == backend.name && earlier.library == backend.library) backend = earlier;
  // Each part of a run has its own master seed.
  for (const auto& [name, value] : before.seeds) m.seeds[name == "order" ? name : "before_" + name] = value;
  m.superseded = before.superseded;
  if (auto digest = results::sha256_file(folder / "manifest.json"); digest && !before.finished_utc.empty())
    m.superseded.push_back({*digest, before.finished_utc});
}

Result<void> Provenance::begin(const std::filesystem::path& folder) {
  if (const auto before = results::read_manifest(folder)) continue_from(*before, folder);
  return results::write_manifest(folder, manifest_);
}

void Provenance::add_device(const DeviceFacts& facts, const std::vector<std::filesystem::path>& libraries) {
  if (!known_devices_.insert(facts.uid + "/" + facts.backend).second) return;
  results::Manifest& m = manifest_;
  for (results::ManifestBackend& backend : m.backends) {
    if (backend.name != facts.backend) continue;
    backend.version = facts.plugin.version;
    backend.abi_minor = facts.plugin.abi_minor;
    for (const auto& library : libraries) {
      const auto digest = results::sha256_file(library);
      if (!digest) {
        notes_.push_back(fmt::format("no digest of {}: {}", library.string(), digest.error().what));
        continue;
      }
      const results::FileDigest entry{library.string(), *digest};
      if (std::find(backend.loaded_libraries.begin(), backend.loaded_libraries.end(), entry) ==
          backend.loaded_libraries.end())
        backend.loaded_libraries.push_back(entry);
    }
  }
  const chipfit_device_info& d = facts.device;
  results::ManifestDevice device;
  device.backend = facts.backend;
  device.device_uid = facts.uid;
  device.vendor = wire::field_text(d.vendor);
  device.chip = wire::field_text(d.name);
  device.architecture = wire::field_text(d.arch);
  device.serial = wire::field_text(d.serial);
  device.driver = wire::field_text(d.driver);
  device.runtime = wire::field_text(d.runtime);
  device.device_index = facts.index;
  device.compute_units = d.compute_units;
  device.threads = d.threads;
  device.memory_bytes = d.memory_bytes;
  device.nominal_clock_hz = d.nominal_clock_hz;
  device.memory_byte_per_s = d.memory_byte_per_s;
  device.isolation = facts.isolation.empty() ? isolation_ : facts.isolation;
  if (auto gpu = nvml_facts(device.serial); !gpu.is_null()) m.machine["gpus"][device.serial] = std::move(gpu);
  m.devices.push_back(std::move(device));
  for (std::uint32_t i = 0; i < std::min<std::uint32_t>(d.peak_count, CHIPFIT_MAX_PEAKS); ++i) {
    const chipfit_peak& peak = d.peaks[i];
    std::string what = "?";
    for (const DtypeInfo& type : all_dtypes())
      if (static_cast<std::uint32_t>(type.id) == peak.dtype_in) what = type.name;
    m.peaks.push_back({facts.uid, what, "claimed", "device_info", peak.flop_per_s, "FLOP/s", 0});
  }
  if (d.kind == CHIPFIT_CPU && read_bandwidth_ == 0) {
    const int threads = static_cast<int>(std::max<std::uint32_t>(1, d.threads));
    read_bandwidth_ = host_peak("read_bandwidth", threads, [&]() -> results::ManifestPeak {
      const double value = cpu::measure_read_bandwidth(threads, last_level_cache_bytes_, 0.3);
      return {"host", "read_bandwidth", "empirical", "streaming reads", value, "byte/s", threads};
    });
  }
}

double Provenance::host_peak(const std::string& what, int threads,
                             const std::function<results::ManifestPeak()>& measure) {
  if (auto known = shared_peaks_.find(what, threads, moment_now())) {
    if (known->run_id == manifest_.run_id) known->run_id.clear();  // a resumed run finds its own
    manifest_.peaks.push_back(*known);
    return known->value;
  }
  auto peak = measure();
  manifest_.peaks.push_back(peak);
  peak.run_id = manifest_.run_id;
  shared_peaks_.keep(peak, moment_now());
  return peak.value;
}

double Provenance::empirical_peak(Dtype input, int threads, double seconds) {
  const auto [entry, is_new] = peaks_.try_emplace({input, threads}, 0.0);
  if (is_new) {
    const std::string type(info(input).name);
    entry->second = host_peak(type, threads, [&]() -> results::ManifestPeak {
      const cpu::EmpiricalPeak peak = cpu::measure_peak(input, threads, seconds);
      return {"host", type, "empirical", peak.method, peak.flop_per_s, "FLOP/s", threads};
    });
  }
  return entry->second;
}

void Provenance::count_verification(double verify_s, double total_s) {
  verify_s_ += verify_s;
  total_s_ += total_s;
}

Result<void> Provenance::end(const std::filesystem::path& folder, bool interrupted) {
  results::Manifest& m = manifest_;
  m.interrupted = interrupted;
  m.settings["case_time_s"] = total_s_;
  m.settings["verification_time_s"] = verify_s_;
  rusage used{};
  if (getrusage(RUSAGE_SELF, &used) == 0)  // ru_maxrss counts KiB, shared memory included
    m.settings["judge_peak_memory_byte"] = static_cast<std::uint64_t>(used.ru_maxrss) * 1024;
  // No worker lives any more: the secret may be told, so that an auditor can make every case's data again.
  m.seeds["master_hi"] = master_.hi;
  m.seeds["master_lo"] = master_.lo;
  auto sealed = results::seal_run(folder, m, results::default_state_folder());
  if (!sealed) return pass_on(sealed.error());
  notes_.insert(notes_.end(), sealed->notes.begin(), sealed->notes.end());
  return {};
}

}  // namespace chipfit::judge
