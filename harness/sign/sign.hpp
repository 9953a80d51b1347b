#pragma once
#include <filesystem>

#include "kernels/base/result.hpp"

namespace chipfit::sign {

/// What the signature of a run is given for: one for another purpose is not taken for ours.
constexpr const char* results_purpose = "chipfit-results";

/// Whether the folder's files are those that SHA256SUMS names. Errors: missing, io; bad_data: nobody should sign it.
Result<void> check_before_signing(const std::filesystem::path& folder);

/// Signs folder/SHA256SUMS for `results_purpose`, which writes SHA256SUMS.sig. Errors: those of
/// check_before_signing and of sign_file.
Result<void> sign_run(const std::filesystem::path& folder, const std::filesystem::path& key);

}  // namespace chipfit::sign
