#include "harness/conformance/stage.hpp"

#include <algorithm>
#include <cstring>

#include "harness/judge/attempt.hpp"
#include "harness/judge/memory_plan.hpp"

namespace chipfit::conformance {
namespace {

using judge::CallFailure;
using judge::CallResult;

// What uploads have read from is filled with this: large in every floating type, -91 as an integer.
constexpr int overwritten = 0x5A;

constexpr std::uint64_t uploads_of_a_walk = 64;

std::uint64_t round_up(std::uint64_t bytes, std::uint64_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

}  // namespace

CallResult<void> Stage::map(std::uint64_t bytes) {
  if (bytes <= input_.size()) return {};
  auto input = wire::SealedMemory::create(bytes, "chipfit-check-in");
  auto output = wire::SharedMemory::create(bytes, "chipfit-check-out");
  if (!input || !output)
    return tl::unexpected(
        CallFailure{.kind = CallFailure::Kind::broken, .reason = (input ? output.error() : input.error()).what});
  input_ = std::move(*input);
  output_ = std::move(*output);
  CHIPFIT_ATTEMPT(worker_.map_input(input_));
  return worker_.map_output(output_);
}

CallResult<std::vector<Stage::Place>> Stage::allocate(int count, std::uint64_t bytes, std::uint64_t lead,
                                                      std::uint64_t trail) {
  std::vector<Place> places;
  const bool views = view_alignment_ != 0;
  const std::uint64_t stride = views ? round_up(lead + bytes + trail, view_alignment_) : bytes + trail;
  const int buffers = views ? 1 : count, per_buffer = views ? count : 1;
  for (int b = 0; b < buffers; ++b) {
    const auto buffer = worker_.alloc(stride * static_cast<std::uint64_t>(per_buffer));
    if (!buffer) return tl::unexpected(buffer.error());
    buffers_.push_back(*buffer);
    for (int p = 0; p < per_buffer; ++p)
      places.push_back({*buffer, views ? stride * static_cast<std::uint64_t>(p) + lead : 0});
  }
  return places;
}

CallResult<void> Stage::set_up(const Operands& sizes, int copies, int slots) {
  sizes_ = sizes;
  // Guards on both sides where a view can begin behind one.
  lead_ = view_alignment_ == 0 ? 0 : round_up(judge::guard_bytes, view_alignment_);
  std::uint64_t largest = lead_ + static_cast<std::uint64_t>(sizes.out.bytes()) + judge::guard_bytes;
  for (const Operand& in : sizes.in) largest = std::max(largest, static_cast<std::uint64_t>(in.bytes()));
  CHIPFIT_ATTEMPT(map(after_ == AfterUpload::leave ? uploads_of_a_walk * largest : largest));
  for (std::size_t i = 0; i < 2; ++i) {
    auto places = allocate(copies, static_cast<std::uint64_t>(sizes.in[i].bytes()), view_alignment_, 0);
    if (!places) return tl::unexpected(places.error());
    in_[i] = std::move(*places);
  }
  const auto outputs = allocate(slots, static_cast<std::uint64_t>(sizes.out.bytes()), lead_, judge::guard_bytes);
  if (!outputs) return tl::unexpected(outputs.error());
  slots_.clear();
  for (const Place& place : *outputs) slots_.push_back({place, {}, false});
  return {};
}

CallResult<void> Stage::clear() {
  for (const auto buffer : buffers_) CHIPFIT_ATTEMPT(worker_.free(buffer));
  buffers_.clear();
  return {};
}

CallResult<void> Stage::upload(Place place, std::span<const std::byte> bytes) {
  if (after_ == AfterUpload::overwrite || next_upload_ + bytes.size() > input_.size()) next_upload_ = 0;
  const std::uint64_t at = next_upload_;
  next_upload_ += bytes.size();
  std::memcpy(input_.data() + at, bytes.data(), bytes.size());
  auto sent = worker_.upload(place.buffer, place.offset, at, bytes.size());
  if (sent && after_ == AfterUpload::overwrite) std::memset(input_.data() + at, overwritten, bytes.size());
  return sent;
}

CallResult<void> Stage::download(Place place, std::span<std::byte> bytes) {
  CHIPFIT_ATTEMPT(worker_.download(place.buffer, place.offset, 0, bytes.size()));
  std::memcpy(bytes.data(), output_.data(), bytes.size());
  return {};
}

CallResult<void> Stage::put_input(int i, int copy, const Bytes& bytes) {
  return upload(in_[static_cast<std::size_t>(i)][static_cast<std::size_t>(copy)], bytes);
}

CallResult<Bytes> Stage::get_input(int i, int copy) {
  Bytes bytes(static_cast<std::size_t>(sizes_.in[static_cast<std::size_t>(i)].bytes()));
  CHIPFIT_ATTEMPT(download(in_[static_cast<std::size_t>(i)][static_cast<std::size_t>(copy)], bytes));
  return bytes;
}

CallResult<void> Stage::put_output(int index, const Bytes& value, oracle::Seed seed) {
  Slot& slot = slots_[static_cast<std::size_t>(index)];
  const auto bytes = static_cast<std::size_t>(sizes_.out.bytes());
  slot.written.resize(lead_ + bytes + judge::guard_bytes);
  oracle::fill_poison(sizes_.out.dtype, slot.written.data(), static_cast<std::int64_t>(slot.written.size()), seed);
  if (!value.empty()) std::memcpy(slot.written.data() + lead_, value.data(), bytes);
  slot.poisoned = value.empty();
  return upload({slot.place.buffer, slot.place.offset - lead_}, slot.written);
}

CallResult<Stage::Fetched> Stage::fetch(int index) {
  const Slot& slot = slots_[static_cast<std::size_t>(index)];
  Bytes all(slot.written.size());
  CHIPFIT_ATTEMPT(download({slot.place.buffer, slot.place.offset - lead_}, all));
  const auto begin = static_cast<std::ptrdiff_t>(lead_);
  const auto end = begin + static_cast<std::ptrdiff_t>(sizes_.out.bytes());
  const auto& before = slot.written;
  Fetched fetched{{all.begin() + begin, all.begin() + end}, false, 0};
  fetched.guards_intact = std::equal(all.begin(), all.begin() + begin, before.begin()) &&
                          std::equal(all.begin() + end, all.end(), before.begin() + end);
  if (slot.poisoned && !fetched.output.empty()) {
    double same = 0;
    for (auto i = begin; i < end; ++i)
      if (all[static_cast<std::size_t>(i)] == before[static_cast<std::size_t>(i)]) ++same;
    fetched.unwritten = same / static_cast<double>(fetched.output.size());
  }
  return fetched;
}

judge::EnqueueEntry Stage::entry(int copy0, int copy1, int slot) const {
  const Place& a = in_[0][static_cast<std::size_t>(copy0)];
  const Place& b = in_[1][static_cast<std::size_t>(copy1)];
  const Place& out = slots_[static_cast<std::size_t>(slot)].place;
  return {a.buffer, b.buffer, out.buffer, 0, a.offset, b.offset, out.offset};
}

judge::EnqueueEntry Stage::chained(int from, int copy1, int slot) const {
  judge::EnqueueEntry entry = this->entry(0, copy1, slot);
  entry.in0 = slots_[static_cast<std::size_t>(from)].place.buffer;
  entry.in0_offset = slots_[static_cast<std::size_t>(from)].place.offset;
  return entry;
}

}  // namespace chipfit::conformance
