#pragma once
#include <functional>
#include <thread>
#include <vector>

namespace chipfit::cpu {

/// Processors of this process' affinity mask, ascending.
std::vector<int> allowed_cpus();

/// The thread runs on this processor only. Nothing happens where the system refuses, as when the mask has shrunk.
void pin(std::thread::native_handle_type thread, int cpu);

/// `threads` held between 1 and the number of allowed processors.
int usable_threads(int threads);

/// Runs `prepare(i)` once and `work(i)` again and again on usable_threads(threads) threads, thread i on the i-th
/// allowed processor. All start each window together. Windows are repeated for `seconds`, three at least. Seconds of
/// the shortest window, from the first start to the last end; 0 where the threads cannot be started.
double shortest_window(int threads, double seconds, const std::function<void(int)>& prepare,
                       const std::function<void(int)>& work);

}  // namespace chipfit::cpu
