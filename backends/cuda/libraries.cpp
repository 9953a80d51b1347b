#include "backends/cuda/libraries.hpp"

#include <chipfit/chipfit_plugin.hpp>
#include <cstdlib>

namespace cuda {
namespace {

/// From the option `library_path`, and the Python environment that the harness was started in.
std::vector<std::filesystem::path> wanted_folders() {
  auto folders = split_path(chipfit::plugin::option("library_path").value_or(""));
  for (const char* variable : {"VIRTUAL_ENV", "CONDA_PREFIX"})
    if (const char* environment = std::getenv(variable))
      for (const auto& folder : site_packages(environment)) folders.push_back(folder);
  return library_folders(folders);
}

Libraries load() {
  const Driver driver = Driver::load();
  const auto folders = wanted_folders();
  return {driver, CublasLt::load(driver.version_number, folders), load_conv_library(folders)};
}

}  // namespace

std::string Libraries::versions() const {
  return lt.version_text() + (conv ? ", " + conv->version_text() : "");
}

const Libraries& libraries() {
  static const Libraries& loaded = *new Libraries(load());
  return loaded;
}

}  // namespace cuda
