#pragma once
#include <filesystem>
#include <vector>

#include "kernels/base/result.hpp"

namespace chipfit::results {

/// Result files under a path: the file itself, a run folder's results.csv, or those of the run folders inside a folder,
/// by name. Errors: missing (no such path; a folder without any results.csv), io.
Result<std::vector<std::filesystem::path>> result_files(const std::filesystem::path&);

}  // namespace chipfit::results
