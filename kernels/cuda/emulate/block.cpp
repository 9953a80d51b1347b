#include "kernels/cuda/emulate/block.hpp"

#include <ucontext.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace chipfit::cuda::emulate {

namespace {
constexpr std::size_t kStackBytes = 256 * 1024;
Block* active = nullptr;
ucontext_t scheduler;
}  // namespace

struct Block::Fiber {
  ucontext_t context;
  std::unique_ptr<unsigned char[]> stack{new unsigned char[kStackBytes]};
  bool done = false;
  const std::function<bool()>* ready = nullptr;
};

Block::Block() = default;
Block::~Block() = default;

Block& Block::current() {
  if (active == nullptr) throw std::logic_error("an emulated instruction outside of Block::run");
  return *active;
}

void Block::declare_readable(const void* data, std::int64_t bytes) {
  readable_.emplace_back(static_cast<const unsigned char*>(data), bytes);
}

unsigned char* Block::shared_at(int rank, std::int64_t offset, int bytes, int alignment) {
  if (offset < 0 || offset + bytes > launch_.shared_bytes || offset % alignment != 0)
    throw std::logic_error("shared memory: " + std::to_string(bytes) + " bytes at " + std::to_string(offset) + " of " +
                           std::to_string(launch_.shared_bytes) + ", aligned to " + std::to_string(alignment));
  return shared_.at(static_cast<std::size_t>(rank)) + offset;
}

void Block::check_readable(const void* from, std::int64_t bytes, int alignment) const {
  const unsigned char* begin = static_cast<const unsigned char*>(from);
  if (reinterpret_cast<std::uintptr_t>(from) % static_cast<std::uintptr_t>(alignment) != 0)
    throw std::logic_error("a global address is not aligned to " + std::to_string(alignment) + " bytes");
  for (const auto& [data, size] : readable_)
    if (begin >= data && begin + bytes <= data + size) return;
  throw std::logic_error("a read of " + std::to_string(bytes) + " bytes outside of the operands");
}

void Block::run(const Launch& launch, const std::function<void()>& kernel) {
  launch_ = launch;
  random_.seed(launch.seed);
  kernel_ = &kernel;
  active = this;
  struct Leave {
    ~Leave() { active = nullptr; }
  } leave;
  const auto cluster = static_cast<std::uint32_t>(launch.cluster);
  if (launch.blocks % cluster != 0) throw std::logic_error("the blocks are no whole number of clusters");
  for (block_ = 0; block_ < launch.blocks; block_ += cluster) run_block();
}

void Block::enter() {
  Block& block = *active;
  Fiber& fiber = *block.fibers_[static_cast<std::size_t>(block.running_)];
  try {
    (*block.kernel_)();
  } catch (const std::exception& error) {
    block.failure_ = error.what();
  }
  fiber.done = true;
  swapcontext(&fiber.context, &scheduler);
}

// Apart from its caller, whose variables getcontext would endanger.
void Block::start_fiber(Fiber& fiber) {
  fiber.done = false, fiber.ready = nullptr;
  getcontext(&fiber.context);
  fiber.context.uc_stack.ss_sp = fiber.stack.get();
  fiber.context.uc_stack.ss_size = kStackBytes;
  fiber.context.uc_link = nullptr;
  makecontext(&fiber.context, &Block::enter, 0);
}

void Block::run_block() {
  const auto cluster = static_cast<std::size_t>(launch_.cluster);
  const std::size_t threads = static_cast<std::size_t>(launch_.threads) * cluster;
  const std::size_t each = (static_cast<std::size_t>(launch_.shared_bytes) + 1023) / 1024 * 1024;
  // What a kernel reads before writing it is neither zero nor a small number.
  memory_.assign(each * cluster + 1024, 0xa5);
  shared_.clear();
  for (std::size_t rank = 0; rank < cluster; ++rank)
    shared_.push_back(memory_.data() + (1024 - reinterpret_cast<std::uintptr_t>(memory_.data()) % 1024) % 1024 +
                      rank * each);
  meetings_.clear(), mbarriers_.clear(), group_work_.clear(), pending_.clear(), failure_.clear();
  queues_.assign(threads, {});
  slots_.assign(threads, nullptr);
  fibers_.resize(threads);
  for (auto& fiber : fibers_) {
    if (!fiber) fiber = std::make_unique<Fiber>();
    start_fiber(*fiber);
  }
  std::vector<int> order(threads);
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t alive = threads; alive > 0;) {
    std::shuffle(order.begin(), order.end(), random_);
    const std::uint64_t before = progress_;
    for (const int thread : order) {
      running_ = thread;
      Fiber& fiber = *fibers_[static_cast<std::size_t>(thread)];
      if (fiber.done || (fiber.ready && !(*fiber.ready)())) continue;
      ++progress_;
      swapcontext(&scheduler, &fiber.context);
      if (!failure_.empty())
        throw std::logic_error("block " + std::to_string(block_) + " thread " + std::to_string(thread) + ": " +
                               failure_);
      if (fiber.done) --alive;
      if (!pending_.empty() && random_() % 64 == 0) do_something_pending();
    }
    if (before != progress_) continue;
    if (pending_.empty()) throw std::logic_error(std::to_string(alive) + " threads wait for each other");
    do_something_pending();
  }
  while (!pending_.empty()) do_something_pending();
}

void Block::do_something_pending() {
  const std::size_t pick = random_() % pending_.size();
  const std::function<void()> work = std::move(pending_[pick]);
  pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(pick));
  ++progress_;
  work();
}

void Block::wait_until(const std::function<bool()>& ready) {
  if (ready()) return;
  Fiber& fiber = *fibers_[static_cast<std::size_t>(running_)];
  fiber.ready = &ready;
  swapcontext(&fiber.context, &scheduler);
  fiber.ready = nullptr;
}

void Block::meet(int rank, int id, int count, const std::function<void()>& together) {
  Meeting& meeting = meetings_[{rank, id}];
  if (++meeting.arrived == count) {
    if (together) together();
    meeting.arrived = 0;
    ++meeting.generation;
    return;
  }
  const std::uint64_t generation = meeting.generation;
  wait_until([&meeting, generation] { return meeting.generation != generation; });
}

void Block::later(std::function<void()> work) {
  pending_.push_back(std::move(work));
}

void Block::defer(Queue queue, std::function<void()> work) {
  if (coin())
    work();
  else
    queues_[static_cast<std::size_t>(running_)][queue].open.push_back(std::move(work));
}

void Block::commit(Queue queue) {
  Groups& groups = queues_[static_cast<std::size_t>(running_)][queue];
  groups.closed.push_back(std::move(groups.open));
  groups.open.clear();
}

void Block::wait_groups(Queue queue, int pending) {
  Groups& groups = queues_[static_cast<std::size_t>(running_)][queue];
  while (groups.closed.size() > static_cast<std::size_t>(pending)) {
    for (const auto& work : groups.closed.front()) work();
    groups.closed.erase(groups.closed.begin());
  }
}

void Block::set_group_work(std::function<void()> work) {
  const auto done = std::make_shared<bool>(false);
  std::vector<std::function<void()>>& all = group_work_[running_ / 128];
  all.push_back([done, work = std::move(work)] {
    if (!*done) work();
    *done = true;
  });
  if (!coin()) return;
  for (const auto& each : all) each();
  all.erase(all.begin(), all.end() - 1);
}

void Block::defer_group_work() {
  queues_[static_cast<std::size_t>(running_)][Queue::products].open.push_back(group_work_.at(running_ / 128).back());
}

Block::Mbarrier& Block::mbarrier(int rank, int offset) {
  const auto found = mbarriers_.find({rank, offset});
  if (found == mbarriers_.end()) throw std::logic_error("no mbarrier was initialised at " + std::to_string(offset));
  return found->second;
}

void Block::mbarrier_init(int offset, int count) {
  shared_at(offset, 8, 8);
  mbarriers_[{rank(), offset}] = {count, count, 0, 0};
}

void Block::mbarrier_change(int rank, int offset, std::int64_t arrivals, std::int64_t bytes) {
  Mbarrier& barrier = mbarrier(rank, offset);
  barrier.arrivals_missing -= arrivals;
  barrier.bytes_missing += bytes;
  if (barrier.arrivals_missing < 0) throw std::logic_error("more arrivals at an mbarrier than it expects");
  if (barrier.arrivals_missing == 0 && barrier.bytes_missing == 0) {
    barrier.arrivals_missing = barrier.count;
    ++barrier.phase;
  }
}

}  // namespace chipfit::cuda::emulate
