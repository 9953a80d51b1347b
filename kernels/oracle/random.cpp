#include "kernels/oracle/random.hpp"

#include <sys/random.h>

#include <bit>
#include <cerrno>
#include <cstdlib>

namespace chipfit::oracle {

std::uint64_t keyed(Seed key, std::uint64_t number) {
  std::uint64_t v0 = key.lo ^ 0x736F6D6570736575u, v1 = key.hi ^ 0x646F72616E646F6Du;
  std::uint64_t v2 = key.lo ^ 0x6C7967656E657261u, v3 = key.hi ^ 0x7465646279746573u;
  const auto rounds = [&](int n) {
    for (int i = 0; i < n; ++i) {
      v0 += v1;
      v1 = std::rotl(v1, 13) ^ v0;
      v0 = std::rotl(v0, 32);
      v2 += v3;
      v3 = std::rotl(v3, 16) ^ v2;
      v0 += v3;
      v3 = std::rotl(v3, 21) ^ v0;
      v2 += v1;
      v1 = std::rotl(v1, 17) ^ v2;
      v2 = std::rotl(v2, 32);
    }
  };
  for (const std::uint64_t word : {number, std::uint64_t{8} << 56}) {
    v3 ^= word;
    rounds(2);
    v0 ^= word;
  }
  v2 ^= 0xFF;
  rounds(4);
  return v0 ^ v1 ^ v2 ^ v3;
}

Seed Seed::derive(std::uint64_t tag) const {
  // The fills use the numbers below 2^62 of a seed, so that a seed may serve both.
  return {keyed(*this, ~tag), keyed(*this, ~tag ^ (std::uint64_t{1} << 62))};
}

Seed secret_seed() {
  Seed seed;
  auto* bytes = reinterpret_cast<char*>(&seed);
  for (std::size_t have = 0; have < sizeof seed;) {
    const ssize_t got = getrandom(bytes + have, sizeof seed - have, 0);
    // Nothing can be judged without secrets, and getrandom fails only on kernels older than 3.17.
    if (got < 0 && errno != EINTR) std::abort();
    if (got > 0) have += static_cast<std::size_t>(got);
  }
  return seed;
}

}  // namespace chipfit::oracle
