#pragma once
#include <atomic>
#include <memory>
#include <type_traits>

namespace chipfit::cpu {

/// A fixed number of threads that work together, the caller among them. The one owner of threads in its process: two
/// teams that work at the same time share the processors badly. Helpers are pinned to a processor each, never the one
/// the caller is on; after a piece of work they spin for some ten microseconds, then sleep.
class ThreadTeam {
 public:
  /// Starts threads − 1 helpers, or as many as the system gives.
  explicit ThreadTeam(int threads);
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  int size() const;

  /// Calls work(i) once for each i in [0, size()), on a thread each, and returns when all have: what they wrote is then
  /// visible. Work does not throw and does not call run again; one caller at a time.
  template <class Work>
  void run(const Work& work) {
    run_on_all([](const void* context, int i) { (*static_cast<const Work*>(context))(i); }, &work);
  }

 private:
  using Function = void (*)(const void* context, int thread);
  void run_on_all(Function, const void* context);
  struct State;
  std::unique_ptr<State> state_;
};

/// Where threads that work together wait for each other: they spin, and sleep when that takes long.
class Barrier {
 public:
  /// For `threads` that each call wait once per round.
  explicit Barrier(int threads) : threads_(threads) {}
  void wait();

 private:
  const int threads_;
  std::atomic<int> arrived_{0};
  std::atomic<unsigned> round_{0};
};

}  // namespace chipfit::cpu
