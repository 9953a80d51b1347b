#pragma once
#include <cstddef>
#include <utility>

namespace chipfit::cpu {

/// Memory for panels and buffers, aligned to its pages: huge ones where the kernel gives them, so that a panel costs
/// few entries of the translation buffer. Zero until written; touched pages lie on the node of the thread that first
/// wrote them.
class HugeMemory {
 public:
  HugeMemory() = default;
  explicit HugeMemory(std::size_t bytes);  ///< data() is null where the system has none left
  ~HugeMemory();
  HugeMemory(HugeMemory&& from) noexcept
      : data_(std::exchange(from.data_, nullptr)), bytes_(std::exchange(from.bytes_, 0)) {}
  HugeMemory& operator=(HugeMemory&& from) noexcept {
    std::swap(data_, from.data_);
    std::swap(bytes_, from.bytes_);
    return *this;
  }

  std::byte* data() { return data_; }
  const std::byte* data() const { return data_; }
  std::size_t bytes() const { return bytes_; }

  /// Writes every page, so that none is missing when it counts.
  void touch();

 private:
  std::byte* data_ = nullptr;
  std::size_t bytes_ = 0;  ///< asked for
};

}  // namespace chipfit::cpu
