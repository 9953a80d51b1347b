#pragma once
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>

namespace chipfit::judge {

/// Where devices that are measured at the same time wait for each other. Every device begins its timed rounds when all
/// are ready for them, and goes on working until all have been measured, so that each is timed beside all others.
class Meeting {
 public:
  /// A meeting of meetings, as of the machines of a cluster; none: this one is all there is.
  struct Wider {
    std::function<void()> wait_for_all;             ///< called once, by the last device here that is ready
    std::function<void()> say_finished;             ///< called once, by the last device here that has been measured
    std::function<bool()> all_finished;             ///< then asked, by one thread at a time, until it says yes
    std::function<std::size_t(std::size_t)> total;  ///< of what each part of it counts; called when all has ended
  };
  /// Of no devices: leaves the wider meeting at once.
  explicit Meeting(std::size_t devices, Wider wider = {});

  /// Once, after the seats are gone: waits for the wider meeting's end. The value: devices that began their timed
  /// rounds, those of the wider meeting included.
  std::size_t close();

 private:
  friend class Seat;
  void arrive(bool starts);
  void finish();
  bool all_finished();

  std::mutex mutex_;
  std::condition_variable everybody_;
  std::size_t awaited_, working_, started_ = 0;
  bool open_ = false;
  Wider wider_;
};

/// One device's place in a meeting, used by its thread. A device that gives up (UNSUPPORTED, CRASHED …) leaves with its
/// seat and holds up nobody.
class Seat {
 public:
  explicit Seat(Meeting& meeting) : meeting_(meeting) {}
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;
  ~Seat();

  /// Returns when all other devices are ready too, or have left.
  void wait_for_start();
  /// Says that this device has been measured; true when that is so of all.
  bool all_finished();
  bool started() const { return started_; }

 private:
  Meeting& meeting_;
  bool started_ = false, finished_ = false;
};

/// Calls work(0) … work(devices − 1) at the same time, a thread and a seat of one meeting for each; what one throws is
/// thrown when all have ended. The value: that of Meeting::close().
std::size_t at_once(std::size_t devices, Meeting::Wider, const std::function<void(std::size_t, Seat&)>& work);

}  // namespace chipfit::judge
