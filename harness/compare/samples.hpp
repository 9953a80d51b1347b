#pragma once
#include <filesystem>
#include <vector>

#include "harness/compare/dataset.hpp"

namespace chipfit::compare {

/// Rounds of single launches from the samples.csv beside a result file, in the order of `wanted`; a launch of which it
/// holds none, or no such file, leaves its vector empty. Errors: bad_data, io.
struct WantedLaunch {
  std::string run_id, case_id, backend, device_uid, launch;
};
Result<std::vector<std::vector<double>>> read_samples(const std::filesystem::path& result_file,
                                                      const std::vector<WantedLaunch>& wanted);

}  // namespace chipfit::compare
