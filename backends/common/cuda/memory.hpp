#pragma once
#include <cstdint>
#include <utility>

#include "backends/common/cuda/driver.hpp"

namespace cuda {

/// A plain allocation of device memory. The driver's table outlives all of them.
class Memory {
 public:
  Memory() = default;
  /// Failure (OUT_OF_MEMORY) where it cannot be had. 0 bytes are no allocation.
  Memory(const Driver& driver, std::uint64_t bytes) : driver_(&driver), bytes_(bytes) {
    if (bytes > 0) driver.check(driver.memory_alloc(&address_, bytes), "cuMemAlloc");
  }
  ~Memory() {
    // A lost device answers with its own error; there is nobody left to tell.
    if (address_) driver_->memory_free(address_);
  }
  Memory(Memory&& other) noexcept
      : driver_(other.driver_), address_(std::exchange(other.address_, 0)), bytes_(std::exchange(other.bytes_, 0)) {}
  Memory& operator=(Memory&& other) noexcept {
    std::swap(driver_, other.driver_);
    std::swap(address_, other.address_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }

  CUdeviceptr address() const { return address_; }
  std::uint64_t bytes() const { return bytes_; }
  void* pointer() const { return reinterpret_cast<void*>(address_); }

 private:
  const Driver* driver_ = nullptr;
  CUdeviceptr address_ = 0;
  std::uint64_t bytes_ = 0;
};

/// The one queue of a device.
class Stream {
 public:
  explicit Stream(const Driver& driver) : driver_(&driver) {
    driver.check(driver.stream_create(&stream_, CU_STREAM_NON_BLOCKING), "cuStreamCreate");
  }
  ~Stream() {
    if (stream_) driver_->stream_destroy(stream_);
  }
  Stream(Stream&& other) noexcept : driver_(other.driver_), stream_(std::exchange(other.stream_, nullptr)) {}
  Stream& operator=(Stream&&) = delete;

  CUstream get() const { return stream_; }
  void synchronize() const { driver_->check(driver_->stream_synchronize(stream_), "cuStreamSynchronize"); }

 private:
  const Driver* driver_;
  CUstream stream_ = nullptr;
};

/// A mark in the stream, with its time.
class Event {
 public:
  explicit Event(const Driver& driver) : driver_(&driver) {
    driver.check(driver.event_create(&event_, CU_EVENT_DEFAULT), "cuEventCreate");
  }
  ~Event() {
    if (event_) driver_->event_destroy(event_);
  }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  void record(const Stream& stream) { driver_->check(driver_->event_record(event_, stream.get()), "cuEventRecord"); }
  /// Waits for this mark; seconds since `begin` was passed.
  double seconds_since(const Event& begin) const {
    float milliseconds = 0;
    driver_->check(driver_->event_synchronize(event_), "cuEventSynchronize");
    driver_->check(driver_->event_elapsed(&milliseconds, begin.event_, event_), "cuEventElapsedTime");
    return milliseconds * 1e-3;
  }

 private:
  const Driver* driver_;
  CUevent event_ = nullptr;
};

}  // namespace cuda
