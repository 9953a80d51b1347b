// SPDX-License-Identifier: Apache-2.0
//
// chipfit plugins in C++17: write one class, name it in one macro. Objects are destroyed where the ABI releases them,
// and no exception crosses the ABI: it becomes a status and the text that last_error gives (P4).
//
//   class Chip {
//    public:
//     struct Buffer { … };                                        // movable; its destructor frees
//     struct Kernel { … };                                        // movable; its destructor releases
//     static std::uint32_t count();                               // 0: no device here
//     static void describe(std::uint32_t index, chipfit_device_info& info);  // zeroed before, struct_size set
//     explicit Chip(std::uint32_t index);
//     Buffer alloc(std::uint64_t bytes);
//     void upload(Buffer&, std::uint64_t offset, const void* source, std::uint64_t bytes);
//     void download(const Buffer&, std::uint64_t offset, void* target, std::uint64_t bytes);
//     Kernel prepare(const chipfit_problem&);                     // chipfit::plugin::unsupported("why") where not
//     void enqueue(Kernel&, chipfit::plugin::Inputs<Buffer>, chipfit::plugin::View<Buffer> out);
//     void sync();
//     // Optional; found by their names:
//     void supports(const chipfit_problem&);                      // returns, or unsupported("why"), as prepare does
//     (P7) std::optional<double> counter(std::string_view name);       // "power_w", "energy_j", "clock_hz", "temp_c"
//     const char* algorithm(const Kernel&);                       // valid as long as the kernel
//   };
//   CHIPFIT_PLUGIN(Chip, "chip", "1.0 (driver 4.2)")
//
// chipfit_simple.hpp is shorter still for anything that computes on host memory.
#pragma once
#include <chipfit/chipfit_plugin.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <exception>
#include <mutex>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace chipfit::plugin {

/// The one exception a plugin needs: becomes `status`, with its text in last_error.
class Failure : public std::runtime_error {
 public:
  Failure(chipfit_status status, const std::string& text) : std::runtime_error(text), status_(status) {}
  chipfit_status status() const { return status_; }

 private:
  chipfit_status status_;
};

/// "This problem is not computed": say why, in words that stand beside the empty cell of a report.
[[noreturn]] inline void unsupported(const std::string& why) {
  throw Failure(CHIPFIT_UNSUPPORTED, why);
}

/// A buffer and where in it the operand begins, in bytes.
template <class Buffer>
struct View {
  Buffer& buffer;
  std::uint64_t offset;
};

/// The inputs of one enqueue, in the order that chipfit_op says.
template <class Buffer>
class Inputs {
 public:
  Inputs(const chipfit_view* views, std::uint32_t count) : views_(views), count_(count) {}
  std::uint32_t size() const { return count_; }
  View<const Buffer> operator[](std::uint32_t i) const {
    return {*reinterpret_cast<const Buffer*>(views_[i].buffer), views_[i].offset};
  }

 private:
  const chipfit_view* views_;
  std::uint32_t count_;
};

namespace detail {

struct Global {
  const chipfit_host* host = nullptr;
  std::mutex mutex;  // devices are opened from any thread
  std::string last_error;
};
inline Global& global() {
  // Never destroyed: the worker leaves with _exit, and a plugin's own threads may outlive static objects.
  static Global& instance = *new Global;
  return instance;
}

}  // namespace detail

/// What the harness gave at the query; not to be called before (from a static object).
inline const chipfit_host& host() {
  return *detail::global().host;
}

/// One line for the worker's log.
inline void log(const std::string& line) {
  if (detail::global().host && host().log) host().log(line.c_str());
}

/// The value of `key` in the host's "key=value key=value"; the last one wins, so that the command line overrides the
/// manifest.
inline std::optional<std::string> option(std::string_view key) {
  std::optional<std::string> value;
  std::string_view rest = detail::global().host && host().options ? host().options : "";
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find_first_of(" \t\n"), rest.size());
    const std::string_view word = rest.substr(0, end);
    if (word.size() > key.size() && word[key.size()] == '=' && word.substr(0, key.size()) == key)
      value = std::string(word.substr(key.size() + 1));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return value;
}

/// The same as a number; `fallback` where the option is not given. Failure (internal) names what is no number.
inline double number_option(std::string_view key, double fallback) {
  const std::optional<std::string> text = option(key);
  if (!text) return fallback;
  std::size_t used = 0;
  double value = 0;
  try {
    value = std::stod(*text, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  if (text->empty() || used != text->size())
    throw Failure(CHIPFIT_INTERNAL, std::string("option ").append(key) + "=" + *text + " is not a number");
  return value;
}

/// True when a, b, accumulator and output all have this type.
inline bool all_of_dtype(const chipfit_problem& problem, chipfit_dtype dtype) {
  return problem.dtype_a == dtype && problem.dtype_b == dtype && problem.dtype_acc == dtype &&
         problem.dtype_out == dtype;
}

/// Copies text into a field of chipfit_device_info, cut where it does not fit.
template <std::size_t size>
void set_text(char (&field)[size], std::string_view text) {
  const std::size_t length = std::min(text.size(), size - 1);
  text.copy(field, length);
  field[length] = '\0';
}

namespace detail {

template <class Device>
struct Opened {
  Device device;
  std::string last_error{};
};

/// Runs `call`; what it throws becomes the status, and the text goes to `keep(text)`.
template <class Keep, class Call>
chipfit_status guarded(Keep&& keep, Call&& call) noexcept {
  const auto failed = [&](chipfit_status status, const char* text) {
    try {
      keep(text);
    } catch (...) {  // no memory for the text: the status has to do
    }
    return status;
  };
  try {
    call();
    return CHIPFIT_OK;
  } catch (const Failure& failure) {
    return failed(failure.status(), failure.what());
  } catch (const std::bad_alloc&) {
    return failed(CHIPFIT_OUT_OF_MEMORY, "out of host memory");
  } catch (const std::exception& error) {
    return failed(CHIPFIT_INTERNAL, error.what());
  } catch (...) {
    return failed(CHIPFIT_INTERNAL, "an exception that is no std::exception");
  }
}

template <class Call>
chipfit_status guarded_globally(Call&& call) noexcept {
  return guarded(
      [](const char* text) {
        const std::lock_guard lock(global().mutex);
        global().last_error = text;
      },
      call);
}

template <class T, class = void>
struct HasSupports : std::false_type {};
template <class T>
struct HasSupports<T, std::void_t<decltype(std::declval<T&>().supports(std::declval<const chipfit_problem&>()))>>
    : std::true_type {};
template <class T, class = void>
struct HasCounter : std::false_type {};
template <class T>
struct HasCounter<T, std::void_t<decltype(std::declval<T&>().counter(std::string_view{}))>> : std::true_type {};
template <class T, class = void>
struct HasAlgorithm : std::false_type {};
template <class T>
struct HasAlgorithm<T, std::void_t<decltype(std::declval<T&>().algorithm(std::declval<const typename T::Kernel&>()))>>
    : std::true_type {};

/// The ABI's functions for one class. The handles are pointers to Opened<Device>, Buffer and Kernel.
template <class Device>
class Table {
  using Buffer = typename Device::Buffer;
  using Kernel = typename Device::Kernel;

  static Opened<Device>& of(chipfit_device handle) { return *reinterpret_cast<Opened<Device>*>(handle); }
  static Buffer& of(chipfit_buffer handle) { return *reinterpret_cast<Buffer*>(handle); }
  static Kernel& of(chipfit_kernel handle) { return *reinterpret_cast<Kernel*>(handle); }

  template <class Call>
  static chipfit_status on(chipfit_device handle, Call&& call) noexcept {
    return guarded([&](const char* text) { of(handle).last_error = text; }, [&] { call(of(handle).device); });
  }

  static chipfit_status device_count(std::uint32_t* count) {
    return guarded_globally([&] { *count = Device::count(); });
  }
  static void check_index(std::uint32_t index) {
    if (index >= Device::count())
      throw Failure(CHIPFIT_INTERNAL, std::string("there is no device ").append(std::to_string(index)));
  }
  static chipfit_status device_info(std::uint32_t index, chipfit_device_info* info) {
    return guarded_globally([&] {
      check_index(index);
      chipfit_device_info full{};
      // The caller may be older or newer than this plugin: only what both know is written.
      full.struct_size = static_cast<std::uint32_t>(std::min<std::size_t>(info->struct_size, sizeof full));
      Device::describe(index, full);
      std::memcpy(info, &full, full.struct_size);
    });
  }
  static chipfit_status open(std::uint32_t index, chipfit_device* device) {
    return guarded_globally([&] {
      check_index(index);
      *device = reinterpret_cast<chipfit_device>(new Opened<Device>{Device(index)});
    });
  }
  static void close(chipfit_device device) {
    guarded_globally([&] { delete &of(device); });
  }
  static chipfit_status alloc(chipfit_device device, std::uint64_t bytes, chipfit_buffer* buffer) {
    return on(device, [&](Device& d) { *buffer = reinterpret_cast<chipfit_buffer>(new Buffer(d.alloc(bytes))); });
  }
  static void free(chipfit_device device, chipfit_buffer buffer) {
    on(device, [&](Device&) { delete &of(buffer); });
  }
  static chipfit_status upload(chipfit_device device, chipfit_buffer target, std::uint64_t offset, const void* source,
                               std::uint64_t bytes) {
    return on(device, [&](Device& d) { d.upload(of(target), offset, source, bytes); });
  }
  static chipfit_status download(chipfit_device device, chipfit_buffer source, std::uint64_t offset, void* target,
                                 std::uint64_t bytes) {
    return on(device, [&](Device& d) { d.download(of(source), offset, target, bytes); });
  }
  static chipfit_status prepare(chipfit_device device, const chipfit_problem* problem, chipfit_kernel* kernel) {
    return on(device, [&](Device& d) { *kernel = reinterpret_cast<chipfit_kernel>(new Kernel(d.prepare(*problem))); });
  }
  static void release(chipfit_device device, chipfit_kernel kernel) {
    on(device, [&](Device&) { delete &of(kernel); });
  }
  static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in,
                                std::uint32_t in_count, chipfit_view out) {
    return on(device, [&](Device& d) {
      d.enqueue(of(kernel), Inputs<Buffer>(in, in_count), View<Buffer>{of(out.buffer), out.offset});
    });
  }
  static chipfit_status sync(chipfit_device device) {
    return on(device, [](Device& d) { d.sync(); });
  }
  static chipfit_status supports(chipfit_device device, const chipfit_problem* problem) {
    return on(device, [&](Device& d) { d.supports(*problem); });
  }
  static chipfit_status counter(chipfit_device device, const char* name, double* value) {
    return on(device, [&](Device& d) {
      const std::optional<double> read = d.counter(std::string_view(name));
      if (!read) unsupported(std::string("no counter ") + name);
      *value = *read;
    });
  }
  static const char* algorithm(chipfit_device device, chipfit_kernel kernel) {
    const char* text = nullptr;
    on(device, [&](Device& d) { text = d.algorithm(of(kernel)); });
    return text ? text : "";
  }
  static std::size_t last_error(chipfit_device device, char* text, std::size_t size) {
    std::size_t length = 0;
    guarded([](const char*) {},
            [&] {
              const std::lock_guard lock(global().mutex);
              const std::string& error = device ? of(device).last_error : global().last_error;
              if (size == 0) return;
              length = error.copy(text, size - 1);
              text[length] = '\0';
            });
    return length;
  }

 public:
  static const chipfit_plugin* query(const chipfit_host* host, const char* name, const char* version) {
    global().host = host;
    static const chipfit_plugin table = [&] {
      chipfit_plugin t = {CHIPFIT_PLUGIN_HEAD(name, version),
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
                          nullptr,
                          last_error,
                          nullptr,
                          nullptr};
      if constexpr (HasSupports<Device>::value) t.supports = supports;
      if constexpr (HasCounter<Device>::value) t.counter = counter;
      if constexpr (HasAlgorithm<Device>::value) t.algorithm = algorithm;
      return t;
    }();
    return &table;
  }
};

}  // namespace detail
}  // namespace chipfit::plugin

/// Makes `device_class` the plugin of this library. `plugin_version` is evaluated once and must stay valid.
#define CHIPFIT_PLUGIN(device_class, plugin_name, plugin_version)                                      \
  extern "C" const chipfit_plugin* chipfit_plugin_query_v1(const chipfit_host* host) {                 \
    try {                                                                                              \
      return ::chipfit::plugin::detail::Table<device_class>::query(host, plugin_name, plugin_version); \
    } catch (...) {                                                                                    \
      return nullptr;                                                                                  \
    }                                                                                                  \
  }
