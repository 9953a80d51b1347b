#pragma once
#include <chipfit/chipfit_plugin.h>
#include <dlfcn.h>

#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

namespace chipfit::test {

/// A plugin loaded into this process with its device 0 open: what a vendor's own debugger session does. The library
/// is never unloaded, as in the worker.
class LoadedPlugin {
 public:
  explicit LoadedPlugin(const std::string& path, std::string options = "") : options_(std::move(options)) {
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) throw std::runtime_error(dlerror());
    const auto query = reinterpret_cast<decltype(&chipfit_plugin_query_v1)>(dlsym(library, "chipfit_plugin_query_v1"));
    if (!query) throw std::runtime_error(dlerror());
    host_ = {sizeof host_, CHIPFIT_ABI_MINOR, [](const char*) {}, "/tmp", options_.c_str()};
    table_ = query(&host_);
    if (!table_) throw std::runtime_error("the query gave no table");
    if (table_->open(0, &device_) != CHIPFIT_OK) throw std::runtime_error(error(nullptr));
  }
  ~LoadedPlugin() { table_->close(device_); }
  LoadedPlugin(const LoadedPlugin&) = delete;
  LoadedPlugin& operator=(const LoadedPlugin&) = delete;

  /// What the plugin reads as its options from now on.
  void set_options(std::string options) {
    options_ = std::move(options);
    host_.options = options_.c_str();
  }

  const chipfit_plugin& table() const { return *table_; }
  chipfit_device device() const { return device_; }
  std::string error() const { return error(device_); }

  chipfit_device_info info() const {
    chipfit_device_info info{};
    info.struct_size = sizeof info;
    table_->device_info(0, &info);
    return info;
  }

  /// prepare's answer, with nothing kept.
  chipfit_status asks(const chipfit_problem& problem) const {
    chipfit_kernel kernel = nullptr;
    const chipfit_status status = table_->prepare(device_, &problem, &kernel);
    if (status == CHIPFIT_OK) table_->release(device_, kernel);
    return status;
  }

  /// One whole life cycle of a problem. Operands lie at 64 bytes into larger buffers where views are taken. `out` is
  /// what the output holds before and, returned, after; bytes around it must not change.
  std::vector<char> compute(const chipfit_problem& problem, const std::vector<char>& in0, const std::vector<char>& in1,
                            const std::vector<char>& out) const {
    const std::uint64_t offset = info().view_alignment;
    const auto check = [&](chipfit_status status) {
      if (status != CHIPFIT_OK) throw std::runtime_error("status " + std::to_string(status) + ": " + error());
    };
    const auto filled = [&](const std::vector<char>& data) {
      std::vector<char> padded(data.size() + 2 * offset, 0x55);
      std::copy(data.begin(), data.end(), padded.begin() + static_cast<std::ptrdiff_t>(offset));
      chipfit_buffer buffer = nullptr;
      check(table_->alloc(device_, padded.size(), &buffer));
      check(table_->upload(device_, buffer, 0, padded.data(), padded.size()));
      return buffer;
    };
    const chipfit_view in[2] = {{filled(in0), offset}, {filled(in1), offset}};
    const chipfit_view result = {filled(out), offset};
    chipfit_kernel kernel = nullptr;
    check(table_->prepare(device_, &problem, &kernel));
    check(table_->enqueue(device_, kernel, in, 2, result));
    check(table_->sync(device_));
    std::vector<char> padded(out.size() + 2 * offset);
    check(table_->download(device_, result.buffer, 0, padded.data(), padded.size()));
    table_->release(device_, kernel);
    for (const chipfit_view& view : {in[0], in[1], result}) table_->free(device_, view.buffer);
    for (std::uint64_t i = 0; i < offset; ++i)
      if (padded[i] != 0x55 || padded[padded.size() - 1 - i] != 0x55)
        throw std::runtime_error("wrote outside of the output");
    return {padded.begin() + static_cast<std::ptrdiff_t>(offset), padded.end() - static_cast<std::ptrdiff_t>(offset)};
  }

 private:
  std::string error(chipfit_device device) const {
    char text[512] = "";
    if (table_->last_error) table_->last_error(device, text, sizeof text);
    return text;
  }

  std::string options_;
  chipfit_host host_{};
  const chipfit_plugin* table_ = nullptr;
  chipfit_device device_ = nullptr;
};

}  // namespace chipfit::test
