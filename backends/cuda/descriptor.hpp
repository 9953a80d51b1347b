#pragma once
#include <utility>

namespace cuda {

/// An opaque object of a library, destroyed by the library's own function.
///   Owned<cublasLtMatrixLayout_t> layout(lt.matrix_destroy, [&](auto* made) { check(lt.matrix_create(made, …)); });
template <class Handle>
class Owned {
 public:
  Owned() = default;
  template <class Destroy, class Create>
  Owned(const Destroy& destroy, Create&& create)
      : destroyer_(&destroy),
        destroy_([](const void* function, Handle handle) { (*static_cast<const Destroy*>(function))(handle); }) {
    create(&handle_);
  }
  ~Owned() {
    if (handle_) destroy_(destroyer_, handle_);
  }
  Owned(Owned&& other) noexcept
      : destroyer_(other.destroyer_), destroy_(other.destroy_), handle_(std::exchange(other.handle_, Handle{})) {}
  Owned& operator=(Owned&& other) noexcept {
    std::swap(destroyer_, other.destroyer_);
    std::swap(destroy_, other.destroy_);
    std::swap(handle_, other.handle_);
    return *this;
  }

  Handle get() const { return handle_; }
  explicit operator bool() const { return handle_ != Handle{}; }

 private:
  const void* destroyer_ = nullptr;  ///< the Function in the library's table, which is never destroyed
  void (*destroy_)(const void*, Handle) = nullptr;
  Handle handle_{};
};

}  // namespace cuda
