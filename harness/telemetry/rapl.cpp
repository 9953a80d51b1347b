#include "harness/telemetry/rapl.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/telemetry/proc_text.hpp"
#include "harness/telemetry/read_text.hpp"

namespace chipfit::telemetry {
namespace {

namespace fs = std::filesystem;

/// Folders of the zones, packages before what is in them: intel-rapl:0, intel-rapl:0:1, intel-rapl:1 …
std::vector<fs::path> zone_folders(const fs::path& powercap) {
  std::vector<fs::path> folders;
  std::error_code code;
  for (fs::directory_iterator entry(powercap, code), end; !code && entry != end; entry.increment(code))
    if (entry->path().filename().string().starts_with("intel-rapl:")) folders.push_back(entry->path());
  std::sort(folders.begin(), folders.end());
  return folders;
}

bool is_counted(const std::string& name) {
  return name.starts_with("package") || name == "dram";
}

Result<std::uint64_t> read_counter(const fs::path& file) {
  const auto value = parse_number(read_text(file));
  if (value) return *value;
  return fail(Error::Kind::io, "the energy counter cannot be read", file.string(),
              fmt::format("sudo chmod a+r {}", file.string()));
}

}  // namespace

std::uint64_t counted_uj(std::uint64_t before_uj, std::uint64_t after_uj, std::uint64_t range_uj) {
  return after_uj >= before_uj ? after_uj - before_uj : after_uj + range_uj - std::min(before_uj, range_uj);
}

Result<Rapl> Rapl::open(const fs::path& root) {
  const fs::path powercap = root / "sys/class/powercap";
  Rapl rapl;
  for (const fs::path& folder : zone_folders(powercap)) {
    std::string name = read_text(folder / "name");
    while (!name.empty() && name.back() == '\n') name.pop_back();
    if (!is_counted(name)) continue;
    const auto now = read_counter(folder / "energy_uj");
    if (!now) return pass_on(now.error());
    const auto range = parse_number(read_text(folder / "max_energy_range_uj"));
    rapl.zones_.push_back({folder / "energy_uj", range.value_or(0), *now});
    rapl.names_ += (rapl.names_.empty() ? "" : "+") + name;
  }
  if (rapl.zones_.empty())
    return fail(Error::Kind::unavailable, "the processors' energy counters (RAPL) are not there", powercap.string(),
                "virtual machines have none; on a machine of its own: sudo modprobe intel_rapl_msr");
  return rapl;
}

Result<double> Rapl::read_j() {
  for (Zone& zone : zones_) {
    const auto now = read_counter(zone.file);
    if (!now) return pass_on(now.error());
    total_uj_ += counted_uj(zone.last_uj, *now, zone.range_uj);
    zone.last_uj = *now;
  }
  return static_cast<double>(total_uj_) * 1e-6;
}

}  // namespace chipfit::telemetry
