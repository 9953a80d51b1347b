#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "harness/cli/backend_devices.hpp"
#include "harness/cli/doctor.hpp"
#include "harness/cli/errors.hpp"
#include "harness/cli/isolation_choice.hpp"
#include "harness/cli/json_out.hpp"
#include "harness/cli/paths.hpp"
#include "harness/cli/text.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/telemetry/nvml.hpp"
#include "harness/telemetry/rapl.hpp"
#include "harness/wire/memory.hpp"
#include "harness/wire/text.hpp"
#include "kernels/base/numbers.hpp"

namespace chipfit::cli {
namespace {

namespace fs = std::filesystem;

void gather_levels(DoctorFacts& facts) {
  for (const auto level : sandbox::levels_from_the_top())
    facts.levels.push_back(judge::try_level(level, trial_programs()));
}

/// Asks each plugin for its devices, in a worker of the strongest level that works.
void gather_plugins(DoctorFacts& facts) {
  const auto strongest =
      std::find_if(facts.levels.begin(), facts.levels.end(), [](const auto& trial) { return trial.works(); });
  const auto level = strongest == facts.levels.end() ? sandbox::Isolation::l0 : strongest->level;
  const auto folders = plan::plugin_folders();
  for (const auto& folder : folders) {
    std::error_code code;
    facts.plugin_folders.push_back({folder, fs::is_directory(folder, code)});
  }
  if (const char* list = std::getenv("CHIPFIT_PLUGIN_PATH")) {
    std::string_view rest = list;
    while (!rest.empty()) {
      const auto end = rest.find(':');
      if (const auto entry = rest.substr(0, end); !entry.starts_with('/')) facts.ignored_folders.emplace_back(entry);
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
  }
  const auto catalog = plan::discover(folders);
  for (const auto& manifest : catalog.usable) {
    DoctorFacts::Backend backend{manifest.name, 0, "", std::nullopt, manifest.in_default_runs, manifest.notes};
    if (const auto devices = ask_backend(manifest, manifest.options, level); !devices) {
      backend.error = devices.error();
    } else if (devices->devices.empty()) {
      backend.error = Error{Error::Kind::unavailable, "finds no device here", "", manifest.install_hint};
    } else {
      backend.devices = static_cast<std::uint32_t>(devices->devices.size());
      backend.what = fmt::format("{}, {}", printable(wire::field_text(devices->devices[0].name)),
                                 printable(devices->plugin.version));
    }
    facts.backends.push_back(std::move(backend));
  }
  for (const auto& rejected : catalog.rejected) {
    facts.backends.push_back({rejected.name, 0, "", rejected.error, true, {}});
  }
}

/// The folder that would hold the results: the nearest one that exists.
fs::path existing_part(fs::path path) {
  std::error_code code;
  path = fs::absolute(path, code);
  while (!fs::exists(path, code) && path.has_parent_path() && path != path.parent_path()) path = path.parent_path();
  return path;
}

void gather_results(const fs::path& out, DoctorFacts& facts) {
  facts.results = out;
  const auto folder = existing_part(out);
  std::error_code code;
  facts.results_writable = fs::is_directory(folder, code) && access(folder.c_str(), W_OK | X_OK) == 0;
  const auto space = fs::space(folder, code);
  if (!code) facts.results_free_bytes = space.available;
}

bool has_pidfd() {
  const auto fd = syscall(SYS_pidfd_open, getpid(), 0);
  if (fd >= 0) close(static_cast<int>(fd));
  return fd >= 0;
}

void gather_sensors(DoctorFacts& facts) {
  DoctorFacts::Sensor gpu{"GPU power", "", std::nullopt}, cpu{"CPU energy", "", std::nullopt};
  if (const auto nvml = telemetry::Nvml::open()) {
    gpu.found = fmt::format("NVML, {}", counted(nvml->count().value_or(0), "GPU"));
  } else {
    gpu.error = nvml.error();
  }
  if (const auto rapl = telemetry::Rapl::open()) {
    cpu.found = fmt::format("RAPL, {}", rapl->zones());
  } else {
    cpu.error = rapl.error();
  }
  facts.sensors = {gpu, cpu};
}

DoctorFacts gather(const DoctorCommand& command) {
  DoctorFacts facts;
  facts.machine = telemetry::describe_machine();
  std::ifstream("/proc/loadavg") >> facts.load_1min;
  facts.tools = {{"c++", "only needed to build", "sudo apt install g++", find_program("c++")},
                 {"cmake", "only needed to build", "sudo apt install cmake ninja-build", find_program("cmake")},
                 {"nvcc", "only needed to build the CUDA backends", "install the CUDA toolkit", find_program("nvcc")}};
  facts.worker = worker_binary();
  facts.worker_runs = access(facts.worker.c_str(), X_OK) == 0;
  if (const auto sealed = wire::SealedMemory::create(4096, "chipfit-doctor"); !sealed) {
    facts.sealed_memory = sealed.error();
  }
  facts.pidfd = has_pidfd();
  gather_sensors(facts);
  gather_levels(facts);
  gather_plugins(facts);
  gather_results(command.out, facts);
  return facts;
}

}  // namespace

Result<int> doctor(const DoctorCommand& command, Console& console) {
  const auto checks = diagnose(gather(command));
  const bool failed =
      std::any_of(checks.begin(), checks.end(), [](const Check& check) { return check.health == Health::fail; });
  if (command.format == Format::json) {
    auto list = nlohmann::ordered_json::array();
    for (const auto& check : checks) {
      list.push_back(
          {{"health", name(check.health)}, {"topic", check.topic}, {"text", check.text}, {"remedy", check.remedy}});
    }
    print_json(list, console);
  } else {
    console.data(doctor_text(checks, console.paper()));
  }
  return failed ? exit_unavailable : exit_ok;
}

}  // namespace chipfit::cli
