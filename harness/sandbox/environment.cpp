#include "harness/sandbox/environment.hpp"

#include <algorithm>
#include <array>

namespace chipfit::sandbox {
namespace {

constexpr std::array<std::string_view, 5> allowed = {"PATH", "LANG", "LC_*", "LD_LIBRARY_PATH", "TZ"};

constexpr std::array<std::string_view, 14> forbidden = {"NVIDIA_TF32_OVERRIDE",
                                                        "CUBLAS_EMULATE_*",
                                                        "CUBLAS_EMULATION_*",
                                                        "TORCH_ALLOW_TF32_*",
                                                        "ONEDNN_DEFAULT_FPMATH_MODE",
                                                        "DNNL_DEFAULT_FPMATH_MODE",
                                                        "MKL_*",
                                                        "OMP_*",
                                                        "GOMP_*",
                                                        "KMP_*",
                                                        "OPENBLAS_*",
                                                        "GOTO_*",
                                                        "LD_*",
                                                        "GLIBC_TUNABLES"};

bool matches(std::string_view pattern, std::string_view name) {
  return pattern.ends_with('*') ? name.starts_with(pattern.substr(0, pattern.size() - 1)) : name == pattern;
}

}  // namespace

bool is_forbidden(std::string_view variable) {
  if (variable == "LD_LIBRARY_PATH") return false;
  return std::ranges::any_of(forbidden, [&](std::string_view pattern) { return matches(pattern, variable); });
}

std::vector<std::string> worker_environment(const std::filesystem::path& scratch, std::span<const std::string> names,
                                            const char* const* from) {
  std::vector<std::string> environment = {"HOME=" + scratch.string(), "TMPDIR=" + scratch.string()};
  for (; from != nullptr && *from != nullptr; ++from) {
    const std::string_view entry = *from;
    const std::string_view name = entry.substr(0, entry.find('='));
    if (name.size() == entry.size() || name == "HOME" || name == "TMPDIR" || is_forbidden(name)) continue;
    const bool wanted =
        std::ranges::any_of(allowed, [&](std::string_view pattern) { return matches(pattern, name); }) ||
        std::ranges::find(names, name) != names.end();
    if (wanted) environment.emplace_back(entry);
  }
  return environment;
}

}  // namespace chipfit::sandbox
