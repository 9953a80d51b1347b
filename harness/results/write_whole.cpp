#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

#include "harness/results/run_folder.hpp"
#include "harness/results/system_error.hpp"
#include "harness/results/whole_file.hpp"

namespace chipfit::results {
namespace {

/// errno, or 0. Closes `fd`.
int write_and_sync(int fd, std::string_view content) {
  int error = 0;
  while (error == 0 && !content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0) {
      if (errno != EINTR) error = errno;
    } else {
      content.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  if (error == 0 && ::fsync(fd) != 0) error = errno;
  if (::close(fd) != 0 && error == 0) error = errno;
  return error;
}

}  // namespace

Result<void> sync_folder(const std::filesystem::path& file) {
  std::filesystem::path folder = file.parent_path();
  if (folder.empty()) folder = ".";
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return io_failure("open", folder, errno);
  // Some file systems cannot sync a folder and say EINVAL: there is nothing more to be done.
  const int error = ::fsync(fd) != 0 && errno != EINVAL ? errno : 0;
  ::close(fd);
  if (error != 0) return io_failure("sync", folder, error);
  return {};
}

Result<void> write_whole(const std::filesystem::path& path, std::string_view content) {
  // In the same folder, because rename() does not cross file systems. Whoever seals a run skips such names.
  std::uint32_t random = 0;
  if (::getrandom(&random, sizeof random, 0) < 0) random = 0;
  const std::string temporary = fmt::format("{}{}{}-{:08x}", path.string(), temporary_mark, ::getpid(), random);
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd < 0) return io_failure("writing", path, errno);
  int error = write_and_sync(fd, content);
  if (error == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) {
    ::unlink(temporary.c_str());
    return io_failure("writing", path, error);
  }
  return sync_folder(path);
}

Result<std::string> read_whole(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error) && !error) return fail(Error::Kind::missing, "is not there", path.string());
  if (std::filesystem::is_directory(path, error))
    return fail(Error::Kind::io, "is a folder, not a file", path.string());
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return io_failure("read", path, errno);
  struct stat status {};
  std::string text;
  // One byte more than it should be: a file that has grown meanwhile is seen at once.
  std::size_t room = ::fstat(fd, &status) == 0 ? static_cast<std::size_t>(status.st_size) + 1 : 4096, used = 0;
  int failure = 0;
  while (true) {
    text.resize(used + room);
    const ssize_t got = ::read(fd, text.data() + used, room);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) failure = errno;
    if (got <= 0) break;
    used += static_cast<std::size_t>(got);
    room =
        static_cast<std::size_t>(got) < room ? room - static_cast<std::size_t>(got) : std::max<std::size_t>(4096, used);
  }
  ::close(fd);
  if (failure != 0) return io_failure("read", path, failure);
  text.resize(used);
  return text;
}

}  // namespace chipfit::results
