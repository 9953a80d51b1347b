#pragma once
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace chipfit::telemetry {

/// Content of a file of /proc or /sys; empty where it cannot be read, which means unknown.
inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace chipfit::telemetry
