// Returns from sync while a thread of its own still computes.
// verdict: NOT_WRITTEN|INCORRECT|DEFERRED
// note: what the output holds when it is read depends on how far the thread has come
#include "honest.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace {

struct Job {
  chipfit_kernel_s kernel;
  chipfit_view in[2], out;
};

struct Queue {
  std::mutex mutex;
  std::condition_variable added;
  std::deque<Job> jobs;
};
Queue& queue = *new Queue;  // outlives everything, as the thread does

void work() {
  for (;;) {
    std::unique_lock<std::mutex> lock(queue.mutex);
    queue.added.wait(lock, [] { return !queue.jobs.empty(); });
    Job job = queue.jobs.front();
    queue.jobs.pop_front();
    lock.unlock();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    honest_enqueue(&honest_device, &job.kernel, job.in, 2, job.out);
  }
}

chipfit_status enqueue(chipfit_device, chipfit_kernel kernel, const chipfit_view* in, uint32_t, chipfit_view out) {
  static const bool started = [] {
    std::thread(work).detach();
    return true;
  }();
  (void)started;
  const std::lock_guard<std::mutex> lock(queue.mutex);
  queue.jobs.push_back({*kernel, {in[0], in[1]}, out});
  queue.added.notify_one();
  return CHIPFIT_OK;
}

// The thread may still use it.
void keep(chipfit_device, chipfit_buffer) {}

}  // namespace

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
  table->free = keep;
}
HOSTILE_PLUGIN("early_return")
