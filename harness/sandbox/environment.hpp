#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace chipfit::sandbox {

/// True for variables that are never passed on, even when named: switches that change precision or threading behind
/// the judge's back (NVIDIA_TF32_OVERRIDE, CUBLAS_EMULATE_*, ONEDNN_DEFAULT_FPMATH_MODE, MKL_*, OMP_*, OPENBLAS_*,
/// GOTO_*, …) and those that load code (LD_PRELOAD, LD_AUDIT, …).
bool is_forbidden(std::string_view variable);

/// What a worker gets of the environment `from` ("NAME=value", ends with nullptr): PATH, LANG, LC_*, LD_LIBRARY_PATH,
/// TZ and `names`, less what is forbidden; HOME and TMPDIR are `scratch`.
std::vector<std::string> worker_environment(const std::filesystem::path& scratch, std::span<const std::string> names,
                                            const char* const* from);

}  // namespace chipfit::sandbox
