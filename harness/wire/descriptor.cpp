#include "harness/wire/descriptor.hpp"

#include <unistd.h>

#include <utility>

namespace chipfit::wire {

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = other.release();
  }
  return *this;
}

int Descriptor::release() {
  return std::exchange(fd_, -1);
}

void Descriptor::reset() {
  if (const int fd = release(); fd >= 0) ::close(fd);
}

}  // namespace chipfit::wire
