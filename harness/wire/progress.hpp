#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

namespace chipfit::wire {

/// The function that the worker is in.
enum class Step : std::uint32_t {
  idle,
  load,  ///< dlopen: the library's constructors
  query,
  device_count,
  device_info,
  open,
  close,
  alloc,
  free,
  upload,
  download,
  prepare,
  release,
  enqueue,
  sync,
  supports,
  last_error,
  counter,
  algorithm,
};

inline constexpr std::array<std::string_view, 19> step_names = {
    "between calls", "load",     "query",      "device_count", "device_info", "open",    "close",
    "alloc",         "free",     "upload",     "download",     "prepare",     "release", "enqueue",
    "sync",          "supports", "last_error", "counter",      "algorithm"};

/// A page of shared memory into which the worker writes where it is, so that a dead worker's verdict can name the
/// function. The plugin could write here too: it is good for a reason's text and for nothing else.
struct Progress {
  std::atomic<std::uint32_t> step{0};     ///< Step
  std::atomic<std::uint32_t> escaped{0};  ///< 1: an exception left the plugin
};
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

}  // namespace chipfit::wire
