#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/wire/memory.hpp"
#include "harness/wire/messages.hpp"
#include "harness/worker/plugin.hpp"

namespace chipfit::worker {

/// What a call answers: a chipfit_status or wire::bad_request, with the text of a failure.
struct Answer {
  std::uint32_t status = CHIPFIT_OK;
  std::string text = {};
  std::uint64_t value = 0;
  std::uint32_t step = 0;  ///< wire::Step of a failure
};

/// One plugin with one open device, its buffers and kernels under the numbers that the judge knows them by. Every
/// number and range that comes from outside is checked before the plugin sees it: Answer{bad_request} names the fault.
class Session {
 public:
  explicit Session(wire::Progress& progress) : progress_(&progress) {}
  /// From now on says where it is on this page.
  void use_progress(wire::Progress& progress) { progress_ = &progress; }
  void use_lending(wire::Lending lending) { lending_ = lending; }

  Answer load(const std::string& library, const std::string& options, const std::string& scratch_dir);
  const std::optional<Plugin>& plugin() const { return plugin_; }

  Answer device_count();
  Answer device_info(std::uint64_t index, chipfit_device_info& info);
  Answer open(std::uint64_t index);
  /// Releases everything and closes the device, as far as there is one.
  void close();

  Answer map(wire::Mapping& target, int fd, std::uint64_t bytes, wire::Mapping::Access);
  Answer map_input(int fd, std::uint64_t bytes) { return map(input_, fd, bytes, wire::Mapping::Access::read); }
  Answer map_output(int fd, std::uint64_t bytes) { return map(output_, fd, bytes, wire::Mapping::Access::read_write); }

  Answer alloc(std::uint64_t bytes);
  Answer free(std::uint64_t id);
  Answer upload(const wire::TransferRequest&);
  Answer download(const wire::TransferRequest&);
  Answer supports(const chipfit_problem&);
  /// text: the algorithm.
  Answer prepare(const chipfit_problem&);
  Answer release(std::uint64_t id);
  /// All entries, then one sync.
  Answer run(std::uint64_t kernel, std::span<const wire::EnqueueEntry>);
  /// All entries and no sync: what the plugin orders by itself (P1).
  Answer enqueue(std::uint64_t kernel, std::span<const wire::EnqueueEntry>);
  /// Entry and sync in turn; seconds of each into `each_s` (CLOCK_MONOTONIC_RAW).
  Answer latency(std::uint64_t kernel, std::span<const wire::EnqueueEntry>, double* each_s);
  Answer counter(const char* name, double& value);

 private:
  struct Buffer {
    chipfit_buffer handle = nullptr;
    std::uint64_t bytes = 0;
    bool live = false;
  };
  struct Kernel {
    chipfit_kernel handle = nullptr;
    bool live = false;
  };

  template <class R, class... Parameters, class... Arguments>
  R call(wire::Step step, R (*function)(Parameters...), Arguments... arguments) {
    return call_plugin(*progress_, step, function, arguments...);
  }
  Answer answer(chipfit_status status);
  Answer needs_device() const;
  const Buffer* buffer(std::uint64_t id) const;
  const Kernel* kernel(std::uint64_t id) const;
  bool view(std::uint32_t buffer, std::uint64_t offset, chipfit_view& view) const;
  Answer enqueue(const Kernel&, const wire::EnqueueEntry&);
  Answer sync();
  template <class T>
  T* lend(std::deque<T>& place, const T& value) const;
  template <class T>
  void take_back(T* lent) const;

  wire::Progress* progress_;
  std::optional<Plugin> plugin_;
  chipfit_device device_ = nullptr;
  bool open_ = false;
  wire::Mapping input_, output_;
  std::vector<Buffer> buffers_;
  std::vector<Kernel> kernels_;
  // What the plugin is lent: in a place of its own for each call where Lending is leave, else in one that is filled
  // with other bytes when the call returns, so that a plugin that keeps the pointer (P5) goes wrong at once and not one
  // day.
  wire::Lending lending_ = wire::Lending::take_back;
  std::deque<chipfit_problem> lent_problems_;
  std::deque<std::array<chipfit_view, 2>> lent_views_;
};

}  // namespace chipfit::worker
