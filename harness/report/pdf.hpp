#pragma once
#include <filesystem>
#include <string>

#include "kernels/base/result.hpp"

namespace chipfit::report {

/// Prints a page of ours to a PDF by a headless Chromium; report number and page numbers stand at the foot of each
/// page. Both languages are printed where the page has both. `chromium` is the program.
/// Errors: unavailable, io.
Result<void> print_pdf(const std::filesystem::path& chromium, const std::string& html,
                       const std::filesystem::path& pdf);

/// True where fontconfig knows a font for Chinese; also where it cannot be asked. `fc_list` is the program or empty.
bool has_chinese_font(const std::filesystem::path& fc_list);

}  // namespace chipfit::report
