#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "kernels/base/result.hpp"

namespace chipfit::results {

/// SHA-256 as 64 lower-case hex digits (FIPS 180-4, OpenSSL's libcrypto).
std::string sha256(std::string_view bytes);
/// Errors: missing, io.
Result<std::string> sha256_file(const std::filesystem::path&);

}  // namespace chipfit::results
