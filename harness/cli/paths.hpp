#pragma once
#include <filesystem>
#include <string>

namespace chipfit::cli {

/// <prefix>/bin/chipfit-worker, beside the running executable.
std::filesystem::path worker_binary();

/// <prefix>/share/chipfit/template, what `chipfit new` copies.
std::filesystem::path template_folder();

/// The first file of this name in $PATH that can be executed; empty where there is none.
std::filesystem::path find_program(const std::string& name);

}  // namespace chipfit::cli
