#pragma once
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "harness/judge/memory_plan.hpp"
#include "harness/judge/secrets.hpp"
#include "harness/judge/worker.hpp"

namespace chipfit::judge {

/// Memory from the kernel that is given back at once when it is freed, so that the judge's size follows the case.
class PrivateMemory {
 public:
  PrivateMemory() = default;
  explicit PrivateMemory(std::uint64_t bytes);
  PrivateMemory(PrivateMemory&&) noexcept;
  PrivateMemory& operator=(PrivateMemory&&) noexcept;
  ~PrivateMemory();
  std::byte* data() const { return data_; }
  std::uint64_t size() const { return size_; }

 private:
  std::byte* data_ = nullptr;
  std::uint64_t size_ = 0;
};

/// A secret choice of inputs: where they lie on the device and in the judge's own copy.
struct DrawnView {
  std::array<BufferId, 2> buffer;
  std::array<std::uint64_t, 2> offset;
  std::array<const std::byte*, 2> host;
};

/// All memory that one worker and the judge share for a case: pools of inputs, a ring of outputs, and the pieces in
/// which both travel. Buffers are kept from case to case while they fit. Not thread-safe; outlived by the worker.
class Arena {
 public:
  explicit Arena(Worker& worker, std::uint64_t view_alignment) : worker_(worker), view_alignment_(view_alignment) {}

  /// Makes room for a case. broken (judge's memory) or refused OUT_OF_MEMORY (device's).
  /// `secrets` is the source of everything random until the next case.
  CallResult<void> reserve(const MemoryPlan&, const Operands&, Secrets secrets);

  /// The judge's own copy of input `i`'s pool, to be filled before upload().
  std::byte* pool(int i) const { return input_.data() + pool_at_[i]; }
  /// Sends the first `bytes` of pool `i` to the device (without views: to every one of its buffers, from a random
  /// place).
  CallResult<void> upload(int i, std::uint64_t bytes);
  /// True when the device still holds pool `i` in [from, from + bytes).
  CallResult<bool> unchanged(int i, std::uint64_t from, std::uint64_t bytes);

  /// Inputs within the first `pool_bytes` of each pool.
  DrawnView draw(const std::array<std::uint64_t, 2>& pool_bytes);
  EnqueueEntry entry(const DrawnView&, int slot) const;

  /// Fills output slot and guard with a fresh secret poison.
  CallResult<void> poison(int slot);
  /// Puts an initial value into a slot (guard: fresh poison); `value` has the output's size.
  CallResult<void> set_output(int slot, const std::byte* value);
  /// A slot as the device holds it, copied out before anything looks at it.
  struct Fetched {
    std::span<const std::byte> output;  ///< valid until the next fetch
    double received_s = 0;              ///< when the last byte was here, on the judge's clock
    bool guard_intact = false;
    std::int64_t unwritten = 0;  ///< elements that still hold the poison (0 where the slot was not poisoned)
  };
  CallResult<Fetched> fetch(int slot);
  /// The two halves of fetch: a slot's bytes (plan.slot of them) to `target`; when the last one was here.
  CallResult<double> receive(int slot, std::byte* target);
  /// What is to be seen on bytes that were received from a slot. `output` is a part of them.
  Fetched inspect(int slot, const std::byte* received, double received_s) const;
  /// Seconds per byte of the last fetch, as the judge saw it.
  double fetch_s_per_byte() const { return fetch_s_per_byte_; }
  Secrets& secrets() { return secrets_; }

 private:
  CallResult<void> release_buffers();
  void fill_poison_unit(std::byte* target, const oracle::Seed&, std::uint64_t unit, std::uint64_t bytes) const;

  struct InputBuffer {
    BufferId id;
    std::uint64_t pool_offset;  ///< where its content stands in the pool (views: 0)
  };

  Worker& worker_;
  std::uint64_t view_alignment_;
  MemoryPlan plan_;
  Secrets secrets_{oracle::Seed{}};
  Dtype output_dtype_ = Dtype::f32;
  wire::SealedMemory input_;   // pool 0 | pool 1 | piece
  wire::SharedMemory output_;  // piece
  PrivateMemory fetched_;
  std::array<std::uint64_t, 2> pool_at_{};
  std::uint64_t piece_at_ = 0;
  std::array<std::vector<InputBuffer>, 2> inputs_;
  std::array<std::uint64_t, 2> input_capacity_{};
  std::vector<BufferId> ring_;
  std::uint64_t slot_capacity_ = 0;
  std::vector<oracle::Seed> poison_seed_;
  std::vector<bool> is_poisoned_;  // false after set_output
  double fetch_s_per_byte_ = 0;
};

}  // namespace chipfit::judge
