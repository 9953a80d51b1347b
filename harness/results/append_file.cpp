#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "harness/results/run_folder.hpp"
#include "harness/results/system_error.hpp"
#include "harness/results/whole_file.hpp"

namespace chipfit::results {
namespace {

/// errno, or 0.
int write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    // Local file systems write all or stop at a full disk; the next round then learns the cause.
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

/// Offset behind the last line end before `size`; -1 on failure.
off_t end_of_whole_lines(int fd, off_t size) {
  std::array<char, 4096> block{};
  while (size > 0) {
    const off_t start = size > static_cast<off_t>(block.size()) ? size - static_cast<off_t>(block.size()) : 0;
    const ssize_t got = ::pread(fd, block.data(), static_cast<std::size_t>(size - start), start);
    if (got != size - start) return -1;
    const auto at = std::string_view(block.data(), static_cast<std::size_t>(got)).rfind('\n');
    if (at != std::string_view::npos) return start + static_cast<off_t>(at) + 1;
    size = start;
  }
  return 0;
}

}  // namespace

Result<AppendFile> AppendFile::open(const std::filesystem::path& path, const std::string& header) {
  AppendFile file;
  file.path_ = path;
  file.fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (file.fd_ < 0) return io_failure("open", path, errno);
  // A file system without locks answers otherwise; the lock is a help, not a need.
  if (::flock(file.fd_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    return fail(Error::Kind::io, "is being written by another process", path.string(),
                "wait for the other run to end, or choose another folder with --out");
  }
  struct stat status {};
  if (::fstat(file.fd_, &status) != 0) return io_failure("stat", path, errno);
  if (!S_ISREG(status.st_mode)) return fail(Error::Kind::io, "is not a regular file", path.string());

  const off_t whole = end_of_whole_lines(file.fd_, status.st_size);
  if (whole < 0) return io_failure("read", path, errno);
  const std::string line = header + "\n";
  if (whole > 0) {
    std::string present(line.size(), '\0');
    const ssize_t got = ::pread(file.fd_, present.data(), present.size(), 0);
    if (got < 0) return io_failure("read", path, errno);
    if (std::string_view(present.data(), static_cast<std::size_t>(got)) != line) {
      return fail(Error::Kind::bad_data, "has another header than the rows to be added", path.string() + ":1:1",
                  "it was written by another version of chipfit: choose another folder with --out");
    }
  }
  if (whole < status.st_size) {
    if (::ftruncate(file.fd_, whole) != 0) return io_failure("dropping a torn last line", path, errno);
    file.dropped_bytes_ = static_cast<std::uint64_t>(status.st_size - whole);
  }
  if (whole == 0) {
    if (auto written = file.append(line); !written) return pass_on(written.error());
    if (auto synced = sync_folder(path); !synced) return pass_on(synced.error());
  }
  return file;
}

AppendFile::AppendFile(AppendFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)), dropped_bytes_(other.dropped_bytes_) {}

AppendFile& AppendFile::operator=(AppendFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(path_, other.path_);
  std::swap(dropped_bytes_, other.dropped_bytes_);
  return *this;
}

AppendFile::~AppendFile() {
  if (fd_ >= 0) ::close(fd_);
}

Result<void> AppendFile::append(std::string_view lines) {
  if (lines.empty()) return {};
  if (!lines.ends_with('\n'))
    return fail(Error::Kind::internal, "a line without its end was to be added", path_.string());
  struct stat before {};
  if (::fstat(fd_, &before) != 0) return io_failure("stat", path_, errno);
  int error = write_all(fd_, lines);
  // A network file system may find its disk full only here.
  if (error == 0 && ::fdatasync(fd_) != 0 && errno != EINVAL) error = errno;
  if (error == 0) return {};
  auto failure = io_failure("writing a row", path_, error);
  if (::ftruncate(fd_, before.st_size) != 0) failure.value().what += "; a torn last line remains, which --resume drops";
  return failure;
}

}  // namespace chipfit::results
