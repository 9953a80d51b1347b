#include "harness/worker/session.hpp"

#include <time.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <type_traits>

#include "harness/wire/abi.hpp"

namespace chipfit::worker {
namespace {

using wire::Step;

Answer bad_request(std::string text) {
  return {.status = wire::bad_request, .text = std::move(text)};
}

bool within(std::uint64_t at, std::uint64_t bytes, std::uint64_t size) {
  return bytes <= size && at <= size - bytes;
}

double clock_s() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC_RAW, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace

template <class T>
T* Session::lend(std::deque<T>& place, const T& value) const {
  if (place.empty() || lending_ == wire::Lending::leave) place.emplace_back();
  place.back() = value;
  return &place.back();
}

template <class T>
void Session::take_back(T* lent) const {
  static_assert(std::is_trivially_copyable_v<T>);
  if (lending_ == wire::Lending::take_back) std::memset(lent, 0xA5, sizeof(*lent));
}

/// Also asks for the plugin's own words about a failure.
Answer Session::answer(chipfit_status status) {
  const auto number = static_cast<std::uint32_t>(status);
  if (number == CHIPFIT_OK) return {};
  Answer answer{.status = number, .step = progress_->step.load(std::memory_order_relaxed)};
  if (!wire::is_status(number)) {
    answer.status = CHIPFIT_INTERNAL;
    answer.text = "answered " + std::to_string(number) + ", which is no chipfit_status";
    return answer;
  }
  if (plugin_->table().last_error != nullptr) {
    char text[wire::max_text] = {};
    call(Step::last_error, plugin_->table().last_error, device_, static_cast<char*>(text), sizeof(text));
    text[sizeof(text) - 1] = '\0';
    answer.text = text;
  }
  return answer;
}

Answer Session::needs_device() const {
  if (!plugin_) return bad_request("no plugin is loaded");
  if (!open_) return bad_request("no device is open");
  return {};
}

Answer Session::load(const std::string& library, const std::string& options, const std::string& scratch_dir) {
  if (plugin_) return bad_request("a plugin is loaded already");
  auto plugin = Plugin::load(library, options, scratch_dir, *progress_);
  if (!plugin) return {.status = CHIPFIT_UNAVAILABLE, .text = plugin.error().what};
  plugin_ = std::move(*plugin);
  return {};
}

Answer Session::device_count() {
  if (!plugin_) return bad_request("no plugin is loaded");
  std::uint32_t count = 0;
  Answer result = answer(call(Step::device_count, plugin_->table().device_count, &count));
  result.value = count;
  return result;
}

Answer Session::device_info(std::uint64_t index, chipfit_device_info& info) {
  if (!plugin_) return bad_request("no plugin is loaded");
  info = {};
  info.struct_size = sizeof(info);
  return answer(call(Step::device_info, plugin_->table().device_info, static_cast<std::uint32_t>(index), &info));
}

Answer Session::open(std::uint64_t index) {
  if (!plugin_) return bad_request("no plugin is loaded");
  if (open_) return bad_request("a device is open already");
  Answer result = answer(call(Step::open, plugin_->table().open, static_cast<std::uint32_t>(index), &device_));
  open_ = result.status == CHIPFIT_OK;
  if (!open_) device_ = nullptr;
  return result;
}

void Session::close() {
  if (!open_) return;
  for (auto& each : kernels_) {
    if (each.live) call(Step::release, plugin_->table().release, device_, each.handle);
  }
  for (auto& each : buffers_) {
    if (each.live) call(Step::free, plugin_->table().free, device_, each.handle);
  }
  kernels_.clear();
  buffers_.clear();
  call(Step::close, plugin_->table().close, device_);
  open_ = false;
}

Answer Session::map(wire::Mapping& target, int fd, std::uint64_t bytes, wire::Mapping::Access access) {
  auto mapping = wire::Mapping::map(fd, bytes, access);
  if (!mapping) return bad_request(mapping.error().what);
  target = std::move(*mapping);
  return {};
}

const Session::Buffer* Session::buffer(std::uint64_t id) const {
  return id < buffers_.size() && buffers_[id].live ? &buffers_[id] : nullptr;
}

const Session::Kernel* Session::kernel(std::uint64_t id) const {
  return id < kernels_.size() && kernels_[id].live ? &kernels_[id] : nullptr;
}

Answer Session::alloc(std::uint64_t bytes) {
  if (Answer fault = needs_device(); fault.status != CHIPFIT_OK) return fault;
  if (bytes == 0) return bad_request("0 bytes are no buffer");
  Buffer buffer{nullptr, bytes, true};
  Answer result = answer(call(Step::alloc, plugin_->table().alloc, device_, bytes, &buffer.handle));
  if (result.status != CHIPFIT_OK) return result;
  if (buffer.handle == nullptr) return {.status = CHIPFIT_INTERNAL, .text = "answered OK without a buffer"};
  result.value = buffers_.size();
  buffers_.push_back(buffer);
  return result;
}

Answer Session::free(std::uint64_t id) {
  if (Answer fault = needs_device(); fault.status != CHIPFIT_OK) return fault;
  if (buffer(id) == nullptr) return bad_request("there is no buffer " + std::to_string(id));
  buffers_[id].live = false;
  call(Step::free, plugin_->table().free, device_, buffers_[id].handle);
  return {};
}

Answer Session::upload(const wire::TransferRequest& request) {
  if (Answer fault = needs_device(); fault.status != CHIPFIT_OK) return fault;
  const Buffer* target = buffer(request.buffer);
  if (target == nullptr || !within(request.at, request.bytes, target->bytes)) return bad_request("outside the buffer");
  if (!within(request.offset, request.bytes, input_.size())) return bad_request("outside the input memory");
  const void* source = input_.data() + request.offset;
  return answer(
      call(Step::upload, plugin_->table().upload, device_, target->handle, request.at, source, request.bytes));
}

Answer Session::download(const wire::TransferRequest& request) {
  if (Answer fault = needs_device(); fault.status != CHIPFIT_OK) return fault;
  const Buffer* source = buffer(request.buffer);
  if (source == nullptr || !within(request.at, request.bytes, source->bytes)) return bad_request("outside the buffer");
  if (!within(request.offset, request.bytes, output_.size())) return bad_request("outside the output memory");
  void* target = output_.data() + request.offset;
  return answer(
      call(Step::download, plugin_->table().download, device_, source->handle, request.at, target, request.bytes));
}

Answer Session::supports(const chipfit_problem& problem) {
  if (Answer fault = needs_device(); fault.status != CHIPFIT_OK) return fault;
  if (plugin_->table().supports == nullptr) return {};
  chipfit_problem* lent = lend(lent_problems_, problem);
  const auto status =
      call(Step::supports, plugin_->table().supports, device_, static_cast<const chipfit_problem*>(lent));
  take_back(lent);
  return answer(status);
}

Answer Session::prepare(const chipfit_problem& problem) {
  if (Answer fault = needs_device(); fault.status != CHIPFIT_OK) return fault;
  Kernel kernel{nullptr, true};
  chipfit_problem* lent = lend(lent_problems_, problem);
  const auto status =
      call(Step::prepare, plugin_->table().prepare, device_, static_cast<const chipfit_problem*>(lent), &kernel.handle);
  take_back(lent);
  Answer result = answer(status);
  if (result.status != CHIPFIT_OK) return result;
  if (plugin_->table().algorithm != nullptr) {
    const char* name = call(Step::algorithm, plugin_->table().algorithm, device_, kernel.handle);
    if (name != nullptr) result.text = name;
  }
  result.value = kernels_.size();
  kernels_.push_back(kernel);
  return result;
}

Answer Session::release(std::uint64_t id) {
  if (Answer fault = needs_device(); fault.status != CHIPFIT_OK) return fault;
  if (kernel(id) == nullptr) return bad_request("there is no kernel " + std::to_string(id));
  kernels_[id].live = false;
  call(Step::release, plugin_->table().release, device_, kernels_[id].handle);
  return {};
}

bool Session::view(std::uint32_t id, std::uint64_t offset, chipfit_view& view) const {
  const Buffer* found = buffer(id);
  if (found == nullptr || offset >= found->bytes) return false;
  view = {found->handle, offset};
  return true;
}

Answer Session::enqueue(const Kernel& kernel, const wire::EnqueueEntry& entry) {
  std::array<chipfit_view, 2> in;
  chipfit_view out;
  if (!view(entry.in0, entry.in0_offset, in[0]) || !view(entry.in1, entry.in1_offset, in[1]) ||
      !view(entry.out, entry.out_offset, out)) {
    return bad_request("a view is outside its buffer");
  }
  auto* lent = lend(lent_views_, in);
  const chipfit_view* inputs = lent->data();
  const auto status =
      call(Step::enqueue, plugin_->table().enqueue, device_, kernel.handle, inputs, std::uint32_t{2}, out);
  take_back(lent);
  if (status == CHIPFIT_OK) return {};
  Answer failure = answer(status);
  // Earlier work may still be running on buffers that the judge frees next.
  call(Step::sync, plugin_->table().sync, device_);
  return failure;
}

Answer Session::sync() {
  return answer(call(Step::sync, plugin_->table().sync, device_));
}

Answer Session::run(std::uint64_t id, std::span<const wire::EnqueueEntry> entries) {
  if (Answer fault = needs_device(); fault.status != CHIPFIT_OK) return fault;
  const Kernel* found = kernel(id);
  if (found == nullptr) return bad_request("there is no kernel " + std::to_string(id));
  for (const auto& entry : entries) {
    if (Answer result = enqueue(*found, entry); result.status != CHIPFIT_OK) return result;
  }
  return sync();
}

Answer Session::enqueue(std::uint64_t id, std::span<const wire::EnqueueEntry> entries) {
  if (Answer fault = needs_device(); fault.status != CHIPFIT_OK) return fault;
  const Kernel* found = kernel(id);
  if (found == nullptr) return bad_request("there is no kernel " + std::to_string(id));
  for (const auto& entry : entries) {
    if (Answer result = enqueue(*found, entry); result.status != CHIPFIT_OK) return result;
  }
  return {};
}

Answer Session::latency(std::uint64_t id, std::span<const wire::EnqueueEntry> entries, double* each_s) {
  if (Answer fault = needs_device(); fault.status != CHIPFIT_OK) return fault;
  const Kernel* found = kernel(id);
  if (found == nullptr) return bad_request("there is no kernel " + std::to_string(id));
  for (const auto& entry : entries) {
    const double start_s = clock_s();
    if (Answer result = enqueue(*found, entry); result.status != CHIPFIT_OK) return result;
    if (Answer result = sync(); result.status != CHIPFIT_OK) return result;
    *each_s++ = clock_s() - start_s;
  }
  return {};
}

Answer Session::counter(const char* name, double& value) {
  if (Answer fault = needs_device(); fault.status != CHIPFIT_OK) return fault;
  if (plugin_->table().counter == nullptr) return {.status = CHIPFIT_UNSUPPORTED};
  return answer(call(Step::counter, plugin_->table().counter, device_, name, &value));
}

}  // namespace chipfit::worker
