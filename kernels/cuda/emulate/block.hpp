#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace chipfit::cuda::emulate {

/// A functional model of one thread block at a time, or of a cluster of blocks, for running the kernels' own code on a
/// host. Threads are fibers
/// that are resumed in random order and switched where they wait: at barriers, warp-wide instructions and mbarriers.
/// Asynchronous copies and multiplications happen at a random moment between the instruction that starts them and the
/// wait that orders them, so that a missing wait or barrier shows as a wrong result in some run. What is not modelled:
/// time, banks, caches, the proxies of memory.
///
/// Errors are thrown as std::logic_error from run(): threads that wait for each other for ever, accesses outside of
/// shared memory or of the memory that was declared, addresses that the instruction would not take.
class Block {
 public:
  Block();
  ~Block();
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;

  struct Launch {
    std::uint32_t blocks = 1;
    int threads = 256;
    int shared_bytes = 0;
    std::uint64_t seed = 1;
    int cluster = 1;  ///< blocks that run together and reach each other's shared memory; divides `blocks`
  };
  /// Memory that asynchronous copies and loads of tiles may read.
  void declare_readable(const void* data, std::int64_t bytes);
  /// Runs `kernel` in every thread of every block, cluster after cluster.
  void run(const Launch&, const std::function<void()>& kernel);

  // What the instructions of kernels/cuda/emulate/ptx.hpp are made of; only inside run().
  static Block& current();
  int thread() const { return running_ % launch_.threads; }
  /// Which block of its cluster the running thread belongs to.
  int rank() const { return running_ / launch_.threads; }
  std::uint32_t block() const { return block_ + static_cast<std::uint32_t>(rank()); }
  const Launch& launch() const { return launch_; }
  /// The place of `bytes` bytes in the shared memory of the running thread's block, or of block `rank` of its cluster;
  /// throws outside of it or where not aligned.
  unsigned char* shared_at(std::int64_t offset, int bytes, int alignment) {
    return shared_at(rank(), offset, bytes, alignment);
  }
  unsigned char* shared_at(int rank, std::int64_t offset, int bytes, int alignment);
  void check_readable(const void* from, std::int64_t bytes, int alignment) const;

  /// Lets other threads run until `ready` is true.
  void wait_until(const std::function<bool()>& ready);
  /// `count` threads of a block meet under `id`. The last one to come runs `together`.
  void meet(int id, int count, const std::function<void()>& together = {}) { meet(rank(), id, count, together); }
  /// All threads of the cluster meet.
  void meet_cluster() { meet(-1, 0, launch_.threads * launch_.cluster, {}); }
  bool coin() { return random_() & 1; }

  /// Work that happens on its own, in any order, at some moment from now on.
  void later(std::function<void()> work);
  /// Work of one thread that its own waits order: groups are done first to last.
  struct Groups {
    std::vector<std::function<void()>> open;
    std::vector<std::vector<std::function<void()>>> closed;
  };
  enum class Queue { copies, products, stores };
  void defer(Queue, std::function<void()> work);
  void commit(Queue);
  void wait_groups(Queue, int pending);

  struct Mbarrier {
    std::int64_t count = 0, arrivals_missing = 0, bytes_missing = 0;
    std::uint32_t phase = 0;
  };
  /// Of the running thread's block, or of block `rank` of its cluster.
  Mbarrier& mbarrier(int offset) { return mbarrier(rank(), offset); }
  Mbarrier& mbarrier(int rank, int offset);
  void mbarrier_init(int offset, int count);
  void mbarrier_change(int rank, int offset, std::int64_t arrivals, std::int64_t bytes);

  /// A slot for each lane of a warp to leave what a warp-wide instruction takes from it.
  void** warp_slots() { return &slots_[static_cast<std::size_t>(running_ / 32 * 32)]; }
  /// The same for the four warps of a warpgroup, and one piece of work for all of them: it happens once, in the
  /// order it was set, now or when the first of them waits for it.
  void** group_slots() { return &slots_[static_cast<std::size_t>(running_ / 128 * 128)]; }
  void set_group_work(std::function<void()> work);
  void defer_group_work();

 private:
  struct Fiber;
  struct Meeting {
    int arrived = 0;
    std::uint64_t generation = 0;
  };
  static void enter();
  void meet(int rank, int id, int count, const std::function<void()>& together);
  void run_block();
  void start_fiber(Fiber&);
  void do_something_pending();

  Launch launch_;
  std::uint32_t block_ = 0;
  int running_ = 0;
  std::vector<unsigned char> memory_;
  std::vector<unsigned char*> shared_;  // of each block of the cluster
  std::vector<std::pair<const unsigned char*, std::int64_t>> readable_;
  std::vector<std::unique_ptr<Fiber>> fibers_;
  std::map<std::pair<int, int>, Meeting> meetings_;    // by rank and id
  std::map<std::pair<int, int>, Mbarrier> mbarriers_;  // by rank and offset
  std::vector<std::function<void()>> pending_;
  std::vector<std::map<Queue, Groups>> queues_;
  std::vector<void*> slots_;
  std::map<int, std::vector<std::function<void()>>> group_work_;
  std::mt19937_64 random_;
  std::uint64_t progress_ = 0;
  const std::function<void()>* kernel_ = nullptr;
  std::string failure_;
};

}  // namespace chipfit::cuda::emulate
