#include "harness/judge/worker_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <fstream>
#include <sstream>

#include "harness/wire/text.hpp"

namespace chipfit::judge {
namespace {

/// Pools are padded to this, so an absurd alignment would be an absurd allocation.
constexpr std::uint64_t largest_alignment = std::uint64_t{1} << 30;

template <std::size_t N>
void clean_field(char (&field)[N]) {
  const std::string text = wire::clean_text(wire::field_text(field));
  wire::copy_text(field, text.substr(0, N - 1));
}

void clean_number(double& value) {
  if (!std::isfinite(value) || value < 0) value = 0;
}

}  // namespace

std::string sanitize(chipfit_device_info& info) {
  info.struct_size = sizeof(info);
  clean_field(info.vendor);
  clean_field(info.name);
  clean_field(info.arch);
  clean_field(info.serial);
  clean_field(info.driver);
  clean_field(info.runtime);
  clean_number(info.nominal_clock_hz);
  clean_number(info.memory_byte_per_s);
  info.peak_count = std::min<std::uint32_t>(info.peak_count, CHIPFIT_MAX_PEAKS);
  for (auto& peak : info.peaks) clean_number(peak.flop_per_s);

  if (info.kind < CHIPFIT_CPU || info.kind > CHIPFIT_SIMULATED) {
    return fmt::format("kind {} is no chipfit_device_kind", info.kind);
  }
  if (info.view_alignment != 0 && !std::has_single_bit(info.view_alignment)) {
    return fmt::format("view_alignment {} is no power of two", info.view_alignment);
  }
  if (info.view_alignment > largest_alignment) {
    return fmt::format("view_alignment {} is more than 1 GiB", info.view_alignment);
  }
  return {};
}

std::vector<std::filesystem::path> executable_mappings(int pid) {
  std::vector<std::filesystem::path> files;
  std::ifstream maps(fmt::format("/proc/{}/maps", pid));
  // "address permissions offset device inode path": the path may hold spaces.
  for (std::string line; std::getline(maps, line);) {
    std::istringstream fields(line);
    std::string address, permissions, offset, device, inode, path;
    fields >> address >> permissions >> offset >> device >> inode >> std::ws;
    std::getline(fields, path);
    if (permissions.size() < 3 || permissions[2] != 'x' || !path.starts_with('/')) continue;
    if (std::ranges::find(files, std::filesystem::path(path)) == files.end()) files.emplace_back(path);
  }
  return files;
}

}  // namespace chipfit::judge
