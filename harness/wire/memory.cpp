#include "harness/wire/memory.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <limits>
#include <system_error>
#include <utility>

// From the Linux headers; older ones lack them.
#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

namespace chipfit::wire {
namespace {

std::string error_text(int error) {
  return std::generic_category().message(error);
}

tl::unexpected<Error> no_memory(std::uint64_t bytes, const char* step) {
  return fail(Error::Kind::unavailable,
              "cannot share " + std::to_string(bytes) + " bytes of memory: " + step + ": " + error_text(errno), {},
              "free memory, or measure smaller problems");
}

int open_memory(const char* name) {
  // Kernels before 6.3 do not know MFD_NOEXEC_SEAL; later ones may demand it (vm.memfd_noexec = 2).
  int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
  if (fd < 0 && errno == EINVAL) fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  return fd;
}

}  // namespace

Result<SharedMemory> SharedMemory::create(std::uint64_t bytes, const char* name) {
  if (bytes == 0 || bytes > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max())) {
    return fail(Error::Kind::usage, "cannot share " + std::to_string(bytes) + " bytes of memory");
  }
  SharedMemory memory;
  memory.fd_ = open_memory(name);
  if (memory.fd_ < 0) return no_memory(bytes, "memfd_create");
  if (ftruncate(memory.fd_, static_cast<off_t>(bytes)) != 0) return no_memory(bytes, "ftruncate");
  void* data = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, memory.fd_, 0);
  if (data == MAP_FAILED) return no_memory(bytes, "mmap");
  memory.data_ = static_cast<std::byte*>(data);
  memory.size_ = bytes;
  if (fcntl(memory.fd_, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) != 0) return no_memory(bytes, "F_ADD_SEALS");
  return memory;
}

SharedMemory::SharedMemory(SharedMemory&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      fd_(std::exchange(other.fd_, -1)) {}

SharedMemory& SharedMemory::operator=(SharedMemory&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(fd_, other.fd_);
  return *this;
}

SharedMemory::~SharedMemory() {
  if (data_ != nullptr) munmap(data_, size_);
  if (fd_ >= 0) close(fd_);
}

Result<SealedMemory> SealedMemory::create(std::uint64_t bytes, const char* name) {
  auto shared = SharedMemory::create(bytes, name);
  if (!shared) return pass_on(std::move(shared).error());
  SealedMemory sealed;
  static_cast<SharedMemory&>(sealed) = std::move(*shared);
  if (fcntl(sealed.fd_, F_ADD_SEALS, F_SEAL_FUTURE_WRITE | F_SEAL_SEAL) != 0) {
    return fail(Error::Kind::unavailable, "this kernel cannot seal memory against later writers", {},
                "Linux 5.1 or newer is needed");
  }
  return sealed;
}

Result<Mapping> Mapping::map(int fd, std::uint64_t bytes, Access access) {
  struct stat file {};
  if (fstat(fd, &file) != 0 || file.st_size < 0 || static_cast<std::uint64_t>(file.st_size) < bytes || bytes == 0) {
    return fail(Error::Kind::usage, "the descriptor does not hold " + std::to_string(bytes) + " bytes");
  }
  const int protection = access == Access::read ? PROT_READ : PROT_READ | PROT_WRITE;
  void* data = mmap(nullptr, bytes, protection, MAP_SHARED, fd, 0);
  if (data == MAP_FAILED) {
    return fail(Error::Kind::unavailable, "cannot map " + std::to_string(bytes) + " bytes: " + error_text(errno));
  }
  Mapping mapping;
  mapping.data_ = static_cast<std::byte*>(data);
  mapping.size_ = bytes;
  return mapping;
}

Mapping::Mapping(Mapping&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

Mapping::~Mapping() {
  if (data_ != nullptr) munmap(data_, size_);
}

}  // namespace chipfit::wire
