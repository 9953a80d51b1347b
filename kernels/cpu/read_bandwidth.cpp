#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstring>
#include <vector>

#include "kernels/cpu/huge_memory.hpp"
#include "kernels/cpu/peak.hpp"
#include "kernels/cpu/pinned_threads.hpp"

namespace chipfit::cpu {
namespace {

typedef std::uint64_t Words __attribute__((vector_size(16)));
constexpr std::size_t kStreams = 4, kLine = 64;
constexpr std::size_t kPage = 2 << 20;  // huge pages where the kernel gives them

/// Reads all of a part, a line of each quarter in turn: several streams keep more prefetchers busy than one.
std::uint64_t read_all(const HugeMemory& part) {
  const std::size_t quarter = part.bytes() / kStreams;
  const std::byte* base = part.data();
  Words a{}, b{}, c{}, d{};
  for (std::size_t at = 0; at < quarter; at += kLine) {
    for (std::size_t stream = 0; stream < kStreams; ++stream) {
      Words line[kLine / sizeof(Words)];
      std::memcpy(line, base + stream * quarter + at, kLine);
      a += line[0];
      b += line[1];
      c += line[2];
      d += line[3];
    }
  }
  const Words sum = a + b + c + d;
  return sum[0] + sum[1];
}

}  // namespace

double measure_read_bandwidth(int threads, std::uint64_t last_level_cache_bytes, double seconds) {
  const auto count = static_cast<std::size_t>(usable_threads(threads));
  const std::size_t wanted = std::max<std::size_t>(4 * last_level_cache_bytes, 64 << 20);
  const std::size_t each = (wanted / count + kPage) / kPage * kPage;
  std::vector<HugeMemory> parts(count);  // each on the node of the thread that first writes it
  std::atomic<bool> filled = true;
  const double best_s = shortest_window(
      static_cast<int>(count), seconds,
      [&](int i) {
        HugeMemory& mine = parts[static_cast<std::size_t>(i)] = HugeMemory(each);
        if (mine.data() == nullptr) {
          filled = false;
          return;
        }
        // Written, because untouched pages are all the same page of zeros.
        std::memset(mine.data(), 0x5a, each);
      },
      [&](int i) {
        std::uint64_t sum = read_all(parts[static_cast<std::size_t>(i)]);
        asm volatile("" : : "r"(sum));
      });
  return filled && best_s > 0 ? static_cast<double>(each * count) / best_s : 0;
}

}  // namespace chipfit::cpu
