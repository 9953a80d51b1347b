#pragma once
#include <filesystem>

#include "kernels/base/result.hpp"

namespace chipfit::sandbox {

/// A folder of its own below the system's temporary one, gone with the object: the one place that workers may write to.
class ScratchFolder {
 public:
  /// Error (io): it cannot be made; the hint names TMPDIR.
  static Result<ScratchFolder> make();
  ScratchFolder() = default;
  ScratchFolder(ScratchFolder&&) noexcept;
  ScratchFolder& operator=(ScratchFolder&&) noexcept;
  ~ScratchFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace chipfit::sandbox
