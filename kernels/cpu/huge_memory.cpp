#include "kernels/cpu/huge_memory.hpp"

#include <sys/mman.h>

namespace chipfit::cpu {
namespace {

constexpr std::size_t kHugePage = 2 << 20, kPage = 4096;

/// The kernel aligns a mapping to huge pages only by chance: one page more, and the rest given back.
std::byte* map_aligned(std::size_t bytes) {
  void* memory = ::mmap(nullptr, bytes + kHugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  auto* begin = static_cast<std::byte*>(memory);
  const std::size_t before = (kHugePage - reinterpret_cast<std::size_t>(begin) % kHugePage) % kHugePage;
  if (before > 0) ::munmap(begin, before);
  ::munmap(begin + before + bytes, kHugePage - before);
  return begin + before;
}

std::size_t whole_pages(std::size_t bytes) {
  const std::size_t page = bytes < kHugePage / 2 ? kPage : kHugePage;
  return (bytes + page - 1) / page * page;
}

}  // namespace

HugeMemory::HugeMemory(std::size_t bytes) {
  if (bytes == 0 || bytes > static_cast<std::size_t>(-1) / 2) return;
  data_ = map_aligned(whole_pages(bytes));
  if (data_ == nullptr) return;
  bytes_ = bytes;
  ::madvise(data_, whole_pages(bytes), MADV_HUGEPAGE);
}

HugeMemory::~HugeMemory() {
  if (data_ != nullptr) ::munmap(data_, whole_pages(bytes_));
}

void HugeMemory::touch() {
  for (std::size_t at = 0; at < bytes_; at += kPage) data_[at] = std::byte{0};
}

}  // namespace chipfit::cpu
