#pragma once
#include <cstddef>
#include <cstdint>

#include "kernels/base/result.hpp"

namespace chipfit::wire {

/// Anonymous memory shared between judge and worker through a file descriptor. Its size is sealed: whoever holds the
/// descriptor cannot shrink it under the other's feet. Zero-filled. Movable, unmapped and closed by the destructor.
/// Errors: usage (0 bytes), unavailable (the machine has no such memory).
class SharedMemory {
 public:
  static Result<SharedMemory> create(std::uint64_t bytes, const char* name);
  SharedMemory() = default;
  SharedMemory(SharedMemory&&) noexcept;
  SharedMemory& operator=(SharedMemory&&) noexcept;
  ~SharedMemory();

  std::byte* data() const { return data_; }
  std::uint64_t size() const { return size_; }
  int fd() const { return fd_; }

 protected:
  std::byte* data_ = nullptr;
  std::uint64_t size_ = 0;
  int fd_ = -1;
};

/// The same, but whoever receives the descriptor can map it read-only only (F_SEAL_FUTURE_WRITE and fixed size);
/// this process keeps its writable mapping. Error (unavailable) where the kernel is older than 5.1.
class SealedMemory : public SharedMemory {
 public:
  static Result<SealedMemory> create(std::uint64_t bytes, const char* name);
};

/// The receiver's end: a mapping of memory whose descriptor came through the socket. Unmapped by the destructor.
class Mapping {
 public:
  enum class Access { read, read_write };
  /// Maps the whole file, which must hold at least `bytes`. The descriptor may be closed afterwards.
  static Result<Mapping> map(int fd, std::uint64_t bytes, Access);
  Mapping() = default;
  Mapping(Mapping&&) noexcept;
  Mapping& operator=(Mapping&&) noexcept;
  ~Mapping();

  std::byte* data() const { return data_; }
  std::uint64_t size() const { return size_; }

 private:
  std::byte* data_ = nullptr;
  std::uint64_t size_ = 0;
};

}  // namespace chipfit::wire
