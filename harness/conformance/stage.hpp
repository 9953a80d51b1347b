#pragma once
#include <cstdint>
#include <vector>

#include "harness/conformance/data.hpp"
#include "harness/judge/worker.hpp"
#include "harness/wire/memory.hpp"

namespace chipfit::conformance {

/// What becomes of the memory that an upload read from once the call is over (P5).
enum class AfterUpload {
  overwrite,  ///< filled with other bytes
  leave       ///< left as it is: every upload of a problem has a place of its own
};

/// The operands of one problem on a device: several contents of each input, several outputs with guards around them.
/// Where the device has views they lie in one buffer each, at offsets above 0; else in buffers of their own. Outlived
/// by the worker; not thread-safe.
class Stage {
 public:
  Stage(judge::Worker& worker, std::uint64_t view_alignment, AfterUpload after)
      : worker_(worker), view_alignment_(view_alignment), after_(after) {}

  judge::CallResult<void> set_up(const Operands&, int copies, int slots);
  /// Gives the buffers back. The memory stays mapped for the next problem.
  judge::CallResult<void> clear();

  judge::CallResult<void> put_input(int i, int copy, const Bytes&);
  judge::CallResult<Bytes> get_input(int i, int copy);

  /// Puts `value` (empty: poison) between fresh guards.
  judge::CallResult<void> put_output(int slot, const Bytes& value, oracle::Seed);
  struct Fetched {
    Bytes output;
    bool guards_intact = false;
    double unwritten = 0;  ///< share of the bytes that still hold the poison; 0 where there was a value
  };
  judge::CallResult<Fetched> fetch(int slot);

  judge::EnqueueEntry entry(int copy0, int copy1, int slot) const;
  /// The same with the output of `from` as the first input.
  judge::EnqueueEntry chained(int from, int copy1, int slot) const;

 private:
  struct Place {
    judge::BufferId buffer = 0;
    std::uint64_t offset = 0;
  };
  struct Slot {
    Place place;
    Bytes written;  ///< guard, value, guard as they were put there
    bool poisoned = false;
  };
  judge::CallResult<void> map(std::uint64_t bytes);
  judge::CallResult<std::vector<Place>> allocate(int count, std::uint64_t bytes, std::uint64_t lead,
                                                 std::uint64_t trail);
  judge::CallResult<void> upload(Place, std::span<const std::byte>);
  judge::CallResult<void> download(Place, std::span<std::byte>);

  judge::Worker& worker_;
  std::uint64_t view_alignment_;
  AfterUpload after_;
  wire::SealedMemory input_;
  wire::SharedMemory output_;
  std::vector<judge::BufferId> buffers_;
  Operands sizes_{};
  std::uint64_t lead_ = 0, next_upload_ = 0;
  std::array<std::vector<Place>, 2> in_;
  std::vector<Slot> slots_;
};

}  // namespace chipfit::conformance
