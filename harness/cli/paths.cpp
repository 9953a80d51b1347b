#include "harness/cli/paths.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace chipfit::cli {

std::filesystem::path worker_binary() {
  std::error_code code;
  const auto executable = std::filesystem::read_symlink("/proc/self/exe", code);
  return code ? std::filesystem::path() : executable.parent_path() / "chipfit-worker";
}

std::filesystem::path template_folder() {
  std::error_code code;
  const auto executable = std::filesystem::read_symlink("/proc/self/exe", code);
  return code ? std::filesystem::path() : executable.parent_path().parent_path() / "share/chipfit/template";
}

std::filesystem::path find_program(const std::string& name) {
  const char* list = std::getenv("PATH");
  std::string_view rest = list == nullptr ? "" : list;
  while (!rest.empty()) {
    const auto end = rest.find(':');
    const auto path = std::filesystem::path(rest.substr(0, end)) / name;
    std::error_code code;
    if (access(path.c_str(), X_OK) == 0 && std::filesystem::is_regular_file(path, code)) return path;
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  return {};
}

}  // namespace chipfit::cli
