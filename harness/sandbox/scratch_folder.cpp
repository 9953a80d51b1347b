#include "harness/sandbox/scratch_folder.hpp"

#include <cstdlib>
#include <string>
#include <system_error>
#include <utility>

namespace chipfit::sandbox {

namespace fs = std::filesystem;

Result<ScratchFolder> ScratchFolder::make() {
  std::error_code failed;
  std::string pattern = (fs::temp_directory_path(failed) / "chipfit-scratch-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr)
    return fail(Error::Kind::io, "cannot make a scratch folder for the workers", pattern,
                "TMPDIR chooses another place");
  ScratchFolder folder;
  folder.path_ = pattern;
  return folder;
}

ScratchFolder::ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}

ScratchFolder& ScratchFolder::operator=(ScratchFolder&& other) noexcept {
  std::swap(path_, other.path_);
  return *this;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

}  // namespace chipfit::sandbox
