#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

namespace chipfit::cpu {

/// Scratch memory aligned to 64 bytes. Not initialised. Throws std::bad_alloc.
class Workspace {
 public:
  Workspace() = default;
  explicit Workspace(std::int64_t bytes);
  std::byte* data() const { return data_.get(); }

 private:
  struct Free {
    void operator()(std::byte* memory) const { std::free(memory); }
  };
  std::unique_ptr<std::byte, Free> data_;
};

}  // namespace chipfit::cpu
