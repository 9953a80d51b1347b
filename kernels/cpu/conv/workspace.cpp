#include "kernels/cpu/conv/workspace.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <new>

namespace chipfit::cpu {

Workspace::Workspace(std::int64_t bytes) {
  constexpr std::size_t huge_page = std::size_t{2} << 20, line = 64;
  const std::size_t size = static_cast<std::size_t>(bytes);
  const std::size_t alignment = size >= huge_page ? huge_page : line;
  const std::size_t rounded = std::max(alignment, (size + alignment - 1) / alignment * alignment);
  data_.reset(static_cast<std::byte*>(std::aligned_alloc(alignment, rounded)));
  if (!data_) throw std::bad_alloc();
  if (size >= huge_page) madvise(data_.get(), rounded, MADV_HUGEPAGE);
}

}  // namespace chipfit::cpu
