#pragma once
#include <string_view>

namespace chipfit::report {

// Files that the build puts into the binary.

std::string_view embedded_messages();  ///< messages.toml
std::string_view embedded_criteria();  ///< criteria.toml
std::string_view embedded_app_js();    ///< empty where the build found no Node.js
std::string_view embedded_app_css();

}  // namespace chipfit::report
