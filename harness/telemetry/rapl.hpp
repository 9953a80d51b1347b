#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "kernels/base/result.hpp"

namespace chipfit::telemetry {

/// Microjoules between two readings of a counter that starts again from 0 beyond `range_uj`. At most one wrap fits
/// between two readings: a 250 W package wraps after some 1000 s.
std::uint64_t counted_uj(std::uint64_t before_uj, std::uint64_t after_uj, std::uint64_t range_uj);

/// The energy counters of the processors and their memory (Intel and AMD, through powercap), summed. Packages and the
/// memory beside them are counted; cores and graphics are inside their package.
class Rapl {
 public:
  /// Errors: unavailable (no powercap: a virtual machine, an old kernel), io (not readable, with the command that
  /// makes it so). `root` is the file system's root, for tests.
  static Result<Rapl> open(const std::filesystem::path& root = "/");

  /// Joules since open(). To be called more often than the counters wrap. Error: io.
  Result<double> read_j();

  /// "package-0+dram", for the record.
  const std::string& zones() const { return names_; }

 private:
  struct Zone {
    std::filesystem::path file;
    std::uint64_t range_uj, last_uj;
  };
  std::vector<Zone> zones_;
  std::string names_;
  std::uint64_t total_uj_ = 0;
};

}  // namespace chipfit::telemetry
