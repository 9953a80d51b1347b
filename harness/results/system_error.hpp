#pragma once
#include <fmt/format.h>

#include <cerrno>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "kernels/base/result.hpp"

namespace chipfit::results {

/// An io error of a system call on a file, with what to do about the usual causes.
inline tl::unexpected<Error> io_failure(std::string_view doing, const std::filesystem::path& path, int number) {
  std::string hint;
  if (number == ENOSPC || number == EDQUOT) {
    hint = "free some space, then go on with chipfit run --resume";
  } else if (number == EFBIG) {
    hint = "raise the limit on file size (ulimit -f unlimited), then go on with chipfit run --resume";
  } else if (number == EACCES || number == EPERM || number == EROFS) {
    hint = "choose a folder that you may write to with --out";
  } else if (number == ENOENT) {
    hint = "the folder is not there: make it, or choose another one with --out";
  }
  return fail(Error::Kind::io, fmt::format("{} failed: {}", doing, std::system_category().message(number)),
              path.string(), std::move(hint));
}

}  // namespace chipfit::results
