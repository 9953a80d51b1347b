#include "harness/judge/arena.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "harness/judge/attempt.hpp"

namespace chipfit::judge {
namespace {

// The poison is made in units with seeds of their own, so that any part of a slot can be made again by itself.
constexpr std::uint64_t poison_unit = 1u << 20;
static_assert(transfer_bytes % poison_unit == 0);

CallFailure judge_failure(std::string reason) {
  return {.kind = CallFailure::Kind::broken,
          .status = CHIPFIT_INTERNAL,
          .verdict = Verdict::resource,
          .reason = std::move(reason)};
}

std::uint64_t page_up(std::uint64_t bytes) {
  return (bytes + 4095) / 4096 * 4096;
}

template <class Word>
std::int64_t equal_words(const std::byte* a, const std::byte* b, std::uint64_t bytes) {
  std::int64_t count = 0;
  for (std::uint64_t at = 0; at + sizeof(Word) <= bytes; at += sizeof(Word)) {
    Word left, right;
    std::memcpy(&left, a + at, sizeof(Word));
    std::memcpy(&right, b + at, sizeof(Word));
    count += left == right;
  }
  return count;
}

std::int64_t equal_elements(const std::byte* a, const std::byte* b, std::uint64_t bytes, int element_bytes) {
  switch (element_bytes) {
    case 1:
      return equal_words<std::uint8_t>(a, b, bytes);
    case 2:
      return equal_words<std::uint16_t>(a, b, bytes);
    case 4:
      return equal_words<std::uint32_t>(a, b, bytes);
    default:
      return equal_words<std::uint64_t>(a, b, bytes);
  }
}

}  // namespace

PrivateMemory::PrivateMemory(std::uint64_t bytes) : size_(page_up(bytes)) {
  void* at = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) throw std::bad_alloc();
  data_ = static_cast<std::byte*>(at);
}
PrivateMemory::PrivateMemory(PrivateMemory&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
PrivateMemory& PrivateMemory::operator=(PrivateMemory&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}
PrivateMemory::~PrivateMemory() {
  if (data_ != nullptr) munmap(data_, size_);
}

CallResult<void> Arena::release_buffers() {
  for (auto& buffers : inputs_) {
    for (const auto& buffer : buffers) CHIPFIT_ATTEMPT(worker_.free(buffer.id));
    buffers.clear();
  }
  for (const BufferId slot : ring_) CHIPFIT_ATTEMPT(worker_.free(slot));
  ring_.clear();
  return {};
}

CallResult<void> Arena::reserve(const MemoryPlan& plan, const Operands& sizes, Secrets secrets) {
  plan_ = plan;
  secrets_ = secrets;
  output_dtype_ = sizes.out.dtype;
  pool_at_ = {0, page_up(plan.pool[0])};
  piece_at_ = pool_at_[1] + page_up(plan.pool[1]);
  const std::uint64_t input_bytes = piece_at_ + transfer_bytes;
  // Kept when it is large enough, given back when it is far too large: the judge's memory is bounded by the case.
  if (input_.size() < input_bytes || input_.size() > input_bytes + (192u << 20)) {
    input_ = {};
    auto memory = wire::SealedMemory::create(input_bytes, "chipfit-in");
    if (!memory) return tl::unexpected(judge_failure(memory.error().what));
    input_ = std::move(*memory);
    CHIPFIT_ATTEMPT(worker_.map_input(input_));
  }
  if (output_.size() == 0) {
    auto memory = wire::SharedMemory::create(transfer_bytes, "chipfit-out");
    if (!memory) return tl::unexpected(judge_failure(memory.error().what));
    output_ = std::move(*memory);
    CHIPFIT_ATTEMPT(worker_.map_output(output_));
  }
  if (fetched_.size() < plan.slot || fetched_.size() > plan.slot + (64u << 20)) {
    fetched_ = {};
    fetched_ = PrivateMemory(plan.slot);
  }

  const auto wanted = [&](int i) { return plan.buffers[i] == 1 ? plan.pool[i] : plan.operand[i]; };
  bool keep = ring_.size() >= static_cast<std::size_t>(plan.ring) && slot_capacity_ >= plan.slot &&
              slot_capacity_ <= plan.slot + (4u << 20);
  for (int i = 0; i < 2; ++i)
    keep = keep && inputs_[i].size() == static_cast<std::size_t>(plan.buffers[i]) && input_capacity_[i] >= wanted(i) &&
           input_capacity_[i] <= wanted(i) + (64u << 20);
  if (!keep) {
    CHIPFIT_ATTEMPT(release_buffers());
    for (int i = 0; i < 2; ++i) {
      input_capacity_[i] = wanted(i);
      for (int b = 0; b < plan.buffers[i]; ++b) {
        const auto id = worker_.alloc(input_capacity_[i]);
        if (!id) return tl::unexpected(id.error());
        inputs_[i].push_back({*id, 0});
      }
    }
    slot_capacity_ = plan.slot;
    for (int slot = 0; slot < plan.ring; ++slot) {
      const auto id = worker_.alloc(slot_capacity_);
      if (!id) return tl::unexpected(id.error());
      ring_.push_back(*id);
    }
  }
  poison_seed_.assign(ring_.size(), {});
  is_poisoned_.assign(ring_.size(), false);
  return {};
}

CallResult<void> Arena::upload(int i, std::uint64_t bytes) {
  if (plan_.buffers[i] == 1) return worker_.upload(inputs_[i][0].id, 0, pool_at_[i], bytes);
  const std::uint64_t element = 64;  // places a multiple of every element size apart
  for (auto& buffer : inputs_[i]) {
    buffer.pool_offset = secrets_.below((bytes - plan_.operand[i]) / element + 1) * element;
    CHIPFIT_ATTEMPT(worker_.upload(buffer.id, 0, pool_at_[i] + buffer.pool_offset, plan_.operand[i]));
  }
  return {};
}

CallResult<bool> Arena::unchanged(int i, std::uint64_t from, std::uint64_t bytes) {
  for (const auto& buffer : inputs_[i]) {
    const bool views = plan_.buffers[i] == 1;
    const std::uint64_t begin = views ? from : 0;
    const std::uint64_t end = views ? from + bytes : plan_.operand[i];
    for (std::uint64_t at = begin; at < end; at += transfer_bytes) {
      const std::uint64_t piece = std::min(transfer_bytes, end - at);
      CHIPFIT_ATTEMPT(worker_.download(buffer.id, at, 0, piece));
      if (std::memcmp(output_.data(), pool(i) + buffer.pool_offset + at, piece) != 0) return false;
    }
  }
  return true;
}

DrawnView Arena::draw(const std::array<std::uint64_t, 2>& pool_bytes) {
  DrawnView view{};
  for (int i = 0; i < 2; ++i) {
    const auto& buffers = inputs_[i];
    const auto& buffer = buffers[buffers.size() == 1 ? 0 : secrets_.below(buffers.size())];
    std::uint64_t offset = 0;
    if (plan_.buffers[i] == 1 && view_alignment_ != 0) {
      // Elements are at most 8 bytes: a multiple of 64 is one of every element size.
      const std::uint64_t step = std::max<std::uint64_t>(view_alignment_, 64);
      offset = secrets_.below((pool_bytes[i] - plan_.operand[i]) / step + 1) * step;
    }
    view.buffer[i] = buffer.id;
    view.offset[i] = offset;
    view.host[i] = pool(i) + buffer.pool_offset + offset;
  }
  return view;
}

EnqueueEntry Arena::entry(const DrawnView& view, int slot) const {
  return {.in0 = view.buffer[0],
          .in1 = view.buffer[1],
          .out = ring_[static_cast<std::size_t>(slot)],
          .reserved = 0,
          .in0_offset = view.offset[0],
          .in1_offset = view.offset[1],
          .out_offset = 0};
}

void Arena::fill_poison_unit(std::byte* target, const oracle::Seed& seed, std::uint64_t unit,
                             std::uint64_t bytes) const {
  oracle::fill_poison(output_dtype_, target, static_cast<std::int64_t>(bytes), seed.derive(unit));
}

CallResult<void> Arena::poison(int slot) {
  const auto index = static_cast<std::size_t>(slot);
  poison_seed_[index] = secrets_.seed();
  is_poisoned_[index] = true;
  for (std::uint64_t at = 0; at < plan_.slot; at += transfer_bytes) {
    const std::uint64_t piece = std::min(transfer_bytes, plan_.slot - at);
    for (std::uint64_t unit = 0; unit < piece; unit += poison_unit)
      fill_poison_unit(input_.data() + piece_at_ + unit, poison_seed_[index], (at + unit) / poison_unit,
                       std::min(poison_unit, piece - unit));
    CHIPFIT_ATTEMPT(worker_.upload(ring_[index], at, piece_at_, piece));
  }
  return {};
}

CallResult<void> Arena::set_output(int slot, const std::byte* value) {
  CHIPFIT_ATTEMPT(poison(slot));
  is_poisoned_[static_cast<std::size_t>(slot)] = false;
  for (std::uint64_t at = 0; at < plan_.output; at += transfer_bytes) {
    const std::uint64_t piece = std::min(transfer_bytes, plan_.output - at);
    std::memcpy(input_.data() + piece_at_, value + at, piece);
    CHIPFIT_ATTEMPT(worker_.upload(ring_[static_cast<std::size_t>(slot)], at, piece_at_, piece));
  }
  return {};
}

CallResult<Arena::Fetched> Arena::fetch(int slot) {
  const auto received_s = receive(slot, fetched_.data());
  if (!received_s) return tl::unexpected(received_s.error());
  return inspect(slot, fetched_.data(), *received_s);
}

CallResult<double> Arena::receive(int slot, std::byte* target) {
  const auto index = static_cast<std::size_t>(slot);
  const double begin = now_s();
  for (std::uint64_t at = 0; at < plan_.slot; at += transfer_bytes) {
    const std::uint64_t piece = std::min(transfer_bytes, plan_.slot - at);
    CHIPFIT_ATTEMPT(worker_.download(ring_[index], at, 0, piece));
    std::memcpy(target + at, output_.data(), piece);
  }
  const double received_s = now_s();
  fetch_s_per_byte_ = (received_s - begin) / static_cast<double>(plan_.slot);
  return received_s;
}

Arena::Fetched Arena::inspect(int slot, const std::byte* received, double received_s) const {
  const auto index = static_cast<std::size_t>(slot);
  Fetched result;
  result.received_s = received_s;
  result.output = {received, plan_.output};
  result.guard_intact = true;
  thread_local std::vector<std::byte> expected(poison_unit);
  const int element = info(output_dtype_).bytes;
  for (std::uint64_t at = 0; at < plan_.slot; at += poison_unit) {
    const std::uint64_t bytes = std::min(poison_unit, plan_.slot - at);
    const bool has_guard = at + bytes > plan_.output;
    if (!has_guard && !is_poisoned_[index]) continue;
    fill_poison_unit(expected.data(), poison_seed_[index], at / poison_unit, bytes);
    const std::uint64_t output_bytes = at >= plan_.output ? 0 : std::min(bytes, plan_.output - at);
    if (is_poisoned_[index]) result.unwritten += equal_elements(received + at, expected.data(), output_bytes, element);
    if (has_guard &&
        std::memcmp(received + at + output_bytes, expected.data() + output_bytes, bytes - output_bytes) != 0)
      result.guard_intact = false;
  }
  return result;
}

}  // namespace chipfit::judge
