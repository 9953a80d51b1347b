#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace chipfit {

/// As a word of a POSIX shell: quoted only where needed.
std::string shell_word(std::string_view text);
/// Words joined into one command line.
std::string shell_line(const std::vector<std::string>& words);

}  // namespace chipfit
