#pragma once
#include <filesystem>
#include <string_view>

#include "kernels/base/result.hpp"

namespace chipfit::results {

/// Part of the names of temporaries that write_whole leaves behind when the process is killed.
constexpr std::string_view temporary_mark = ".tmp-";

/// Makes the entry of `file` in its folder survive a power cut.
Result<void> sync_folder(const std::filesystem::path& file);

}  // namespace chipfit::results
