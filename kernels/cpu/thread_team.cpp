#include "kernels/cpu/thread_team.hpp"

#include <sched.h>

#include <algorithm>
#include <chrono>
#include <system_error>
#include <thread>
#include <vector>

#include "kernels/cpu/pinned_threads.hpp"

namespace chipfit::cpu {
namespace {

// Longer than the caller takes from one piece of work to the next, shorter than anyone minds.
constexpr auto kSpin = std::chrono::microseconds(50);
constexpr int kPausesBetweenLooksAtTheClock = 64;

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Until done() is true or the time for spinning is over; whether it is true.
template <class Done>
bool spin_until(Done done) {
  const auto until = std::chrono::steady_clock::now() + kSpin;
  do {
    for (int i = 0; i < kPausesBetweenLooksAtTheClock; ++i) {
      if (done()) return true;
      pause();
    }
  } while (std::chrono::steady_clock::now() < until);
  return false;
}

/// Until the value is no longer `old`: spins, then sleeps. The new value.
template <class T>
T wait_for_change(const std::atomic<T>& value, T old) {
  if (!spin_until([&] { return value.load(std::memory_order_acquire) != old; })) value.wait(old);
  return value.load(std::memory_order_acquire);
}

}  // namespace

struct ThreadTeam::State {
  struct Helper {
    std::thread thread;
    int cpu = 0;
  };

  void help(int index) {
    for (unsigned seen = 0;;) {
      wait_for_change(round, seen);
      ++seen;
      if (stopping) return;
      function(context, index);
      if (working.fetch_sub(1, std::memory_order_acq_rel) == 1) working.notify_all();
    }
  }

  /// The caller goes where the system likes. Where that is a helper's processor, the helper takes the free one: both on
  /// one processor would take twice the time and more.
  void leave_the_callers_cpu() {
    const int here = ::sched_getcpu();
    for (Helper& helper : helpers) {
      if (helper.cpu != here || free_cpu == here) continue;
      pin(helper.thread.native_handle(), free_cpu);
      std::swap(helper.cpu, free_cpu);
    }
  }

  Function function = nullptr;
  const void* context = nullptr;
  bool stopping = false;
  std::atomic<unsigned> round{0};
  std::atomic<int> working{0};
  std::vector<Helper> helpers;
  int free_cpu = 0;
};

ThreadTeam::ThreadTeam(int threads) : state_(std::make_unique<State>()) {
  const std::vector<int> cpus = allowed_cpus();
  // More threads than processors are not pinned, so that the system can share the time out.
  const bool pinned = threads <= static_cast<int>(cpus.size());
  state_->free_cpu = pinned ? cpus.front() : -1;
  state_->helpers.reserve(static_cast<std::size_t>(std::max(threads, 1)));
  try {
    for (int i = 1; i < threads; ++i) {
      State::Helper& helper = state_->helpers.emplace_back();
      helper.cpu = pinned ? cpus[static_cast<std::size_t>(i)] : -1;
      helper.thread = std::thread(&State::help, state_.get(), i);
      if (pinned) pin(helper.thread.native_handle(), helper.cpu);
    }
  } catch (const std::system_error&) {
    state_->helpers.pop_back();
  }
}

ThreadTeam::~ThreadTeam() {
  state_->stopping = true;
  state_->round.fetch_add(1, std::memory_order_release);
  state_->round.notify_all();
  for (State::Helper& helper : state_->helpers) helper.thread.join();
}

int ThreadTeam::size() const {
  return static_cast<int>(state_->helpers.size()) + 1;
}

void ThreadTeam::run_on_all(Function function, const void* context) {
  State& s = *state_;
  if (!s.helpers.empty()) {
    s.leave_the_callers_cpu();
    s.function = function;
    s.context = context;
    s.working.store(static_cast<int>(s.helpers.size()), std::memory_order_relaxed);
    s.round.fetch_add(1, std::memory_order_release);
    s.round.notify_all();
  }
  function(context, 0);
  for (int left = s.working.load(std::memory_order_acquire); left > 0;) left = wait_for_change(s.working, left);
}

void Barrier::wait() {
  const unsigned round = round_.load(std::memory_order_relaxed);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads_) {
    arrived_.store(0, std::memory_order_relaxed);
    round_.store(round + 1, std::memory_order_release);
    round_.notify_all();
    return;
  }
  wait_for_change(round_, round);
}

}  // namespace chipfit::cpu
