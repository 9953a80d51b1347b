#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "backends/plugin/chipfit_plugin.h"

namespace chipfit::judge {

/// Makes a device's description safe to use and print: texts end and are clean, unknown or impossible numbers are 0,
/// at most CHIPFIT_MAX_PEAKS peaks. Returns the fault that cannot be mended ("view_alignment 3 is no power of two"),
/// else an empty text.
std::string sanitize(chipfit_device_info&);

/// Files that the process has mapped executable, each once, in the order of their addresses.
std::vector<std::filesystem::path> executable_mappings(int pid);

}  // namespace chipfit::judge
