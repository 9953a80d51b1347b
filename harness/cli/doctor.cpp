#include "harness/cli/doctor.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/cli/text.hpp"
#include "kernels/base/numbers.hpp"

namespace chipfit::cli {
namespace {

constexpr std::uint64_t low_memory = 2ull << 30;
constexpr std::uint64_t little_space = 256ull << 20, no_space = 1ull << 20;

using Checks = std::vector<Check>;

void machine(const DoctorFacts& facts, Checks& checks) {
  const auto& m = facts.machine;
  checks.push_back(
      {Health::ok, "machine",
       fmt::format("{}, {}, {}, {} ({})", m.host.empty() ? "unnamed" : m.host,
                   m.cpu_model.empty() ? "unknown CPU" : m.cpu_model,
                   counted(static_cast<std::uint64_t>(m.cores), "core"), m.os.empty() ? "Linux" : m.os, m.kernel),
       ""});
  if (!m.isa.empty()) checks.push_back({Health::ok, "instructions", m.isa, ""});
  const bool short_memory = m.memory_available_bytes < low_memory;
  checks.push_back({short_memory ? Health::warn : Health::ok, "memory",
                    fmt::format("{} free of {}", bytes_text(m.memory_available_bytes), bytes_text(m.memory_bytes)),
                    short_memory ? "large cases will be TOO_BIG: end other programs, or use a larger machine" : ""});
  if (m.hypervisor.empty()) {
    checks.push_back({Health::ok, "virtualisation", "none seen", ""});
  } else {
    checks.push_back({Health::warn, "virtualisation",
                      fmt::format("runs under {}: neighbours make times noisy", m.hypervisor),
                      "compare only rows of one run, or measure on a machine of its own"});
  }
  if (m.governor.empty()) {
    checks.push_back({Health::warn, "governor", "the clock's governor cannot be seen",
                      "nothing to do on a virtual machine; else see /sys/devices/system/cpu/cpu0/cpufreq"});
  } else if (m.governor == "performance") {
    checks.push_back({Health::ok, "governor", m.governor, ""});
  } else {
    checks.push_back({Health::warn, "governor", fmt::format("{}: the clock changes with the load", m.governor),
                      "sudo cpupower frequency-set -g performance"});
  }
  const bool busy = facts.load_1min > 0.5 * std::max(1, m.cores);
  checks.push_back({busy ? Health::warn : Health::ok, "load", fmt::format("{:.2f} in the last minute", facts.load_1min),
                    busy ? "other programs disturb the times: end them before a run (top)" : ""});
}

/// Nothing to mend in most cases: a virtual machine has no sensors. The columns of the rows are then blank.
void sensors(const DoctorFacts& facts, Checks& checks) {
  for (const auto& sensor : facts.sensors) {
    checks.push_back({Health::ok, sensor.what,
                      sensor.error ? fmt::format("not measured: {}", sensor.error->what) : sensor.found,
                      sensor.error ? sensor.error->hint : ""});
  }
}

std::string remedy(sandbox::Isolation level) {
  switch (level) {
    case sandbox::Isolation::l3:
    case sandbox::Isolation::l2:
      return "needs bubblewrap (apt install bubblewrap), user namespaces (sysctl kernel.unprivileged_userns_clone=1, "
             "user.max_user_namespaces) and a /proc that can be mounted; L3 needs Landlock as well";
    case sandbox::Isolation::l1_landlock:
      return "needs a kernel from 5.13 on with Landlock among its security modules (lsm=landlock,…)";
    case sandbox::Isolation::l1:
      return "needs a kernel from 3.17 on with seccomp filters";
    case sandbox::Isolation::l0:
      break;
  }
  return "build or install chipfit again: ./quickstart build";
}

void isolation(const DoctorFacts& facts, Checks& checks) {
  if (facts.worker_runs) {
    checks.push_back({Health::ok, "worker", facts.worker.string(), ""});
  } else {
    checks.push_back({Health::fail, "worker", fmt::format("{} cannot be started", facts.worker.string()),
                      "build or install chipfit again: ./quickstart build"});
  }
  if (!facts.sealed_memory) {
    checks.push_back({Health::ok, "sealed memory", "inputs are read-only for plugins", ""});
  } else {
    checks.push_back(
        {Health::fail, "sealed memory", facts.sealed_memory->what,
         facts.sealed_memory->hint.empty() ? "a kernel from 5.1 on is needed" : facts.sealed_memory->hint});
  }
  checks.push_back(facts.pidfd ? Check{Health::ok, "pidfd", "processes are ended by descriptor", ""}
                               : Check{Health::warn, "pidfd", "not in this kernel; a timer is used instead",
                                       "nothing to do; kernels from 5.3 on have it"});
  for (const auto& trial : facts.levels)
    if (!trial.works())
      checks.push_back({Health::warn, fmt::format("isolation {}", name(trial.level)),
                        fmt::format("does not work here: {}", trial.obstacle), remedy(trial.level)});
  const auto strongest =
      std::find_if(facts.levels.begin(), facts.levels.end(), [](const auto& trial) { return trial.works(); });
  const bool usable = strongest != facts.levels.end() && facts.worker_runs && !facts.sealed_memory;
  checks.push_back(
      {usable ? Health::ok : Health::fail, "isolation",
       usable ? fmt::format("{}, tried with a product", name(strongest->level)) : std::string("no level works"),
       usable ? "" : "mend the lines above; chipfit run --in-process measures without any (UNTRUSTED)"});
}

void plugins(const DoctorFacts& facts, Checks& checks) {
  for (const auto& folder : facts.plugin_folders) {
    checks.push_back({Health::ok, "plugin folder",
                      fmt::format("{}{}", folder.path.string(), folder.present ? "" : " (not there)"), ""});
  }
  for (const auto& entry : facts.ignored_folders) {
    checks.push_back({Health::warn, "plugin folder", fmt::format("'{}' in CHIPFIT_PLUGIN_PATH is ignored", entry),
                      "write absolute paths, joined by ':'"});
  }
  bool usable = false;
  for (const auto& backend : facts.backends) {
    const auto topic = fmt::format("backend {}", backend.name);
    if (backend.error) {
      checks.push_back({Health::warn, topic, backend.error->what, backend.error->hint});
    } else {
      usable = true;
      checks.push_back({Health::ok, topic,
                        fmt::format("{}: {}{}", counted(backend.devices, "device"), backend.what,
                                    backend.in_default_runs ? "" : " (only when named)"),
                        ""});
    }
    for (const auto& note : backend.notes) checks.push_back({Health::warn, topic, note, "correct the manifest"});
  }
  if (!usable) {
    checks.push_back({Health::fail, "backends", "none can be used",
                      "./quickstart build makes those of this project; export CHIPFIT_PLUGIN_PATH=/folder/of/yours"});
  }
}

void results(const DoctorFacts& facts, Checks& checks) {
  const auto path = facts.results.string();
  if (!facts.results_writable) {
    checks.push_back({Health::fail, "results", fmt::format("{} cannot be written", path), "chipfit run --out DIR"});
    return;
  }
  if (!facts.results_free_bytes) {
    checks.push_back({Health::warn, "results", fmt::format("the free space of {} cannot be seen", path), ""});
    return;
  }
  const auto free = *facts.results_free_bytes;
  const auto health = free < no_space ? Health::fail : free < little_space ? Health::warn : Health::ok;
  checks.push_back({health, "results", fmt::format("{}, {} free", path, bytes_text(free)),
                    health == Health::ok ? "" : "free some space, or chipfit run --out DIR on another disk"});
}

}  // namespace

std::vector<Check> diagnose(const DoctorFacts& facts) {
  Checks checks;
  machine(facts, checks);
  for (const auto& tool : facts.tools) {
    const bool found = !tool.path.empty();
    checks.push_back({Health::ok, fmt::format("tool {}", tool.name),
                      found ? tool.path.string() : fmt::format("not found ({})", tool.purpose),
                      found ? "" : tool.install_hint});
  }
  sensors(facts, checks);
  isolation(facts, checks);
  plugins(facts, checks);
  results(facts, checks);
  return checks;
}

std::string_view name(Health health) {
  return health == Health::ok ? "ok" : health == Health::warn ? "warn" : "fail";
}

std::string doctor_text(const std::vector<Check>& checks, const Paper& paper) {
  std::size_t topic_width = 0;
  for (const auto& check : checks) topic_width = std::max(topic_width, display_width(check.topic));
  const auto indent = 4 + 2 + topic_width + 2;
  const auto width = paper.width ? std::max<std::size_t>(*paper.width > indent ? *paper.width - indent : 0, 30) : 1000;
  std::string text;
  const auto add = [&](std::string lead, const std::string& words) {
    for (const auto& line : wrapped(printable(words), width)) {
      text += lead + line + "\n";
      lead = std::string(indent, ' ');
    }
  };
  std::size_t warnings = 0, failures = 0;
  for (const auto& check : checks) {
    warnings += check.health == Health::warn;
    failures += check.health == Health::fail;
    const auto tone = check.health == Health::ok     ? Tone::good
                      : check.health == Health::warn ? Tone::warning
                                                     : Tone::bad;
    const std::string word(name(check.health));
    add(painted(word, tone, paper.colour) + std::string(6 - word.size(), ' ') + pad_right(check.topic, topic_width) +
            "  ",
        check.text);
    if (!check.remedy.empty()) add(std::string(indent, ' '), "→ " + check.remedy);
  }
  return text + fmt::format("{}, {}, {}\n", counted(checks.size(), "check"), counted(warnings, "warning"),
                            counted(failures, "failure"));
}

}  // namespace chipfit::cli
