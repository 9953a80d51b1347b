#include "harness/judge/together.hpp"

#include <chrono>
#include <exception>
#include <thread>
#include <utility>
#include <vector>

namespace chipfit::judge {

Meeting::Meeting(std::size_t devices, Wider wider) : awaited_(devices), working_(devices), wider_(std::move(wider)) {
  if (devices > 0) return;
  if (wider_.wait_for_all) wider_.wait_for_all();
  if (wider_.say_finished) wider_.say_finished();
}

std::size_t Meeting::close() {
  // The last device here may have left without asking.
  while (wider_.all_finished && !wider_.all_finished()) std::this_thread::sleep_for(std::chrono::microseconds(50));
  return wider_.total ? wider_.total(started_) : started_;
}

void Meeting::arrive(bool starts) {
  std::unique_lock lock(mutex_);
  if (starts) ++started_;
  if (--awaited_ == 0) {
    // The others wait on open_, not on the lock: a wider meeting may take long.
    lock.unlock();
    if (wider_.wait_for_all) wider_.wait_for_all();
    lock.lock();
    open_ = true;
    everybody_.notify_all();
  } else if (starts) {
    everybody_.wait(lock, [&] { return open_; });
  }
}

void Meeting::finish() {
  const std::lock_guard lock(mutex_);
  if (--working_ == 0 && wider_.say_finished) wider_.say_finished();
}

bool Meeting::all_finished() {
  const std::lock_guard lock(mutex_);
  return working_ == 0 && (!wider_.all_finished || wider_.all_finished());
}

void Seat::wait_for_start() {
  started_ = true;
  meeting_.arrive(true);
}

bool Seat::all_finished() {
  if (!finished_) meeting_.finish();
  finished_ = true;
  return meeting_.all_finished();
}

Seat::~Seat() {
  if (!started_) meeting_.arrive(false);
  if (!finished_) meeting_.finish();
}

std::size_t at_once(std::size_t devices, Meeting::Wider wider, const std::function<void(std::size_t, Seat&)>& work) {
  Meeting meeting(devices, std::move(wider));
  std::vector<std::exception_ptr> thrown(devices);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < devices; ++i)
    threads.emplace_back([&, i] {
      try {
        Seat seat(meeting);
        work(i, seat);
      } catch (...) {
        thrown[i] = std::current_exception();
      }
    });
  for (std::thread& thread : threads) thread.join();
  const std::size_t started = meeting.close();
  for (const auto& exception : thrown)
    if (exception) std::rethrow_exception(exception);
  return started;
}

}  // namespace chipfit::judge
