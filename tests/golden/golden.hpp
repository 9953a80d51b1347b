#pragma once
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace chipfit::testing {

/// Compares with tests/golden/<name>; CHIPFIT_UPDATE_GOLDEN=1 writes the file instead.
inline void expect_golden(const std::string& name, const std::string& text) {
  const auto path = std::filesystem::path(CHIPFIT_SOURCE_DIR) / "tests/golden" / name;
  const char* update = std::getenv("CHIPFIT_UPDATE_GOLDEN");
  if (update != nullptr && std::string(update) == "1") {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file) << path << " is not there: CHIPFIT_UPDATE_GOLDEN=1 writes it";
  const std::string golden{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(text, golden) << "differs from " << path << "; where that is meant: CHIPFIT_UPDATE_GOLDEN=1";
}

}  // namespace chipfit::testing
