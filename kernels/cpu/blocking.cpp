#include "kernels/cpu/blocking.hpp"

#include <algorithm>
#include <fstream>
#include <string>

namespace chipfit::cpu {
namespace {

template <class T>
T read_or(const std::string& path, T fallback) {
  std::ifstream file(path);
  T value{};
  return file >> value ? value : fallback;
}

/// Processors in "0-3,8-11".
std::int64_t count_cpus(const std::string& list) {
  std::int64_t count = 0;
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = std::min(list.find(',', at), list.size());
    const std::string range = list.substr(at, end - at);
    const std::size_t dash = range.find('-');
    const auto number = [&](const std::string& digits) { return std::atoll(digits.c_str()); };
    count += dash == std::string::npos ? 1 : number(range.substr(dash + 1)) - number(range.substr(0, dash)) + 1;
    at = end + 1;
  }
  return std::max<std::int64_t>(count, 1);
}

/// A block of the ways of one cache, in elements of `bytes` along an extent whose unit takes unit_bytes.
std::int64_t fits(std::int64_t bytes, std::int64_t unit_bytes) {
  return std::max<std::int64_t>(bytes / unit_bytes, 1);
}

Blocking evened(const MicroKernel& kernel, const Extents& extents, const Blocking& wanted) {
  return {even_block(extents.m, wanted.mc, kernel.mr), even_block(extents.k, wanted.kc, kernel.group),
          even_block(extents.n, wanted.nc, kernel.nr)};
}

/// mc and nc that go with a kc.
Blocking with_kc(const MicroKernel& kernel, const Caches& caches, std::int64_t kc) {
  const std::int64_t a_row = kc * kernel.a_bytes, b_panel = kc * kernel.nr * kernel.b_bytes;
  const CacheLevel& l2 = caches.l2;
  const std::int64_t l2_way = l2.bytes / l2.ways;
  const std::int64_t b_ways = (b_panel + l2_way - 1) / l2_way;
  const std::int64_t mc = fits(std::max(l2.ways - 1 - b_ways, l2.ways / 2) * l2_way / 2, a_row);
  const std::int64_t nc = fits(caches.l3.bytes / 4, kc * kernel.b_bytes);
  return {std::max<std::int64_t>(mc / kernel.mr, 1) * kernel.mr, kc,
          std::max<std::int64_t>(nc / kernel.nr, 1) * kernel.nr};
}

std::int64_t analytic_kc(const MicroKernel& kernel, const Caches& caches) {
  const CacheLevel& l1 = caches.l1;
  const double share = static_cast<double>(l1.ways - 1) * kernel.mr * kernel.a_bytes /
                       (kernel.mr * kernel.a_bytes + kernel.nr * kernel.b_bytes);
  const std::int64_t a_ways = std::max<std::int64_t>(static_cast<std::int64_t>(share), 1);
  return fits(a_ways * (l1.bytes / l1.ways), std::int64_t{kernel.mr} * kernel.a_bytes);
}

}  // namespace

Caches caches_of_this_cpu() {
  Caches caches{{32 << 10, 8}, {512 << 10, 8}, {2 << 20, 16}};
  for (int index = 0; index < 8; ++index) {
    const std::string folder = "/sys/devices/system/cpu/cpu0/cache/index" + std::to_string(index) + "/";
    const int level = read_or(folder + "level", 0);
    if (level < 1 || level > 3 || read_or<std::string>(folder + "type", "") == "Instruction") continue;
    const std::int64_t kib = read_or<std::int64_t>(folder + "size", 0);  // "48K"
    const std::int64_t sharers =
        level == 3 ? count_cpus(read_or<std::string>(folder + "shared_cpu_list", "")) : std::int64_t{1};
    // Fully associative caches say 0; any number that divides them finely will do.
    const std::int64_t ways = read_or<std::int64_t>(folder + "ways_of_associativity", 0);
    CacheLevel& cache = level == 1 ? caches.l1 : level == 2 ? caches.l2 : caches.l3;
    if (kib > 0) cache = {kib * 1024 / sharers, ways > 1 ? ways : 16};
  }
  return caches;
}

std::int64_t even_block(std::int64_t extent, std::int64_t wanted, std::int64_t unit) {
  const std::int64_t units = (extent + unit - 1) / unit, most = std::max<std::int64_t>(wanted / unit, 1);
  const std::int64_t blocks = (units + most - 1) / most;
  return (units + blocks - 1) / blocks * unit;
}

Blocking blocking_with(const MicroKernel& kernel, const Caches& caches, const Extents& extents,
                       const BlockChoice& choice) {
  Blocking wanted = with_kc(kernel, caches, even_block(extents.k, choice.kc, kernel.group));
  wanted.mc /= choice.mc_divisor;
  return evened(kernel, extents, wanted);
}

Blocking analytic_blocking(const MicroKernel& kernel, const Caches& caches, const Extents& extents) {
  return blocking_with(kernel, caches, extents, {.kc = analytic_kc(kernel, caches)});
}

std::vector<std::int64_t> kc_candidates(const MicroKernel& kernel, const Caches& caches) {
  std::vector<std::int64_t> candidates;
  for (const double longer : {1.0, 1.5, 2.0, 3.0, 4.0, 5.0})
    candidates.push_back(static_cast<std::int64_t>(longer * static_cast<double>(analytic_kc(kernel, caches))));
  return candidates;
}

}  // namespace chipfit::cpu
