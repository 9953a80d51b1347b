// SPDX-License-Identifier: Apache-2.0
//
// The shortest chipfit plugin: one function that turns a problem into a function on host pointers. For CPUs,
// simulators and chips that compute on the host's memory. Buffers are host memory, views are pointer arithmetic, work
// is done when enqueue returns. C++17, Linux.
//
//   #include <chipfit/chipfit_simple.hpp>
//
//   static chipfit::simple::Kernel prepare(const chipfit_problem& p) {
//     if (p.op != CHIPFIT_GEMM || !chipfit::plugin::all_of_dtype(p, CHIPFIT_F32) || p.accumulate)
//       chipfit::plugin::unsupported("only f32 GEMM");
//     return [s = p.shape.gemm](const void* a, const void* b, void* c) { my_gemm(s, a, b, c); };
//   }
//   CHIPFIT_SIMPLE_PLUGIN("mychip", "1.0", prepare)
#pragma once
#include <chipfit/chipfit_host.hpp>

#include <functional>
#include <type_traits>

namespace chipfit::simple {

/// A prepared problem: called with the two inputs and the output, as chipfit_op orders them.
struct Kernel {
  std::function<void(const void* in0, const void* in1, void* out)> run;
  std::string algorithm{};  ///< its name, for the result's row; may be empty

  Kernel(std::function<void(const void*, const void*, void*)> function, std::string name)
      : run(std::move(function)), algorithm(std::move(name)) {}
  /// Any function or lambda is a kernel without a name.
  template <class Function, class = std::enable_if_t<std::is_invocable_v<Function&, const void*, const void*, void*>>>
  Kernel(Function function) : run(std::move(function)) {}
};

inline void describe_host(chipfit_device_info& info) {
  plugin::describe_host_cpu(info, "");
}

/// The device of CHIPFIT_SIMPLE_PLUGIN: one, with host memory. `prepare_function` takes a const chipfit_problem& and
/// gives a Kernel or calls unsupported("why").
template <auto& prepare_function, auto& describe_function = describe_host>
class HostDevice {
 public:
  using Buffer = plugin::HostBuffer;
  using Kernel = simple::Kernel;

  static std::uint32_t count() { return 1; }
  static void describe(std::uint32_t, chipfit_device_info& info) { describe_function(info); }
  explicit HostDevice(std::uint32_t) {}

  Buffer alloc(std::uint64_t bytes) { return Buffer(bytes); }
  void upload(Buffer& target, std::uint64_t offset, const void* source, std::uint64_t bytes) {
    std::memcpy(target.data() + offset, source, bytes);
  }
  void download(const Buffer& source, std::uint64_t offset, void* target, std::uint64_t bytes) {
    std::memcpy(target, source.data() + offset, bytes);
  }
  Kernel prepare(const chipfit_problem& problem) { return prepare_function(problem); }
  void enqueue(Kernel& kernel, plugin::Inputs<Buffer> in, plugin::View<Buffer> out) {
    kernel.run(in[0].buffer.data() + in[0].offset, in[1].buffer.data() + in[1].offset, out.buffer.data() + out.offset);
  }
  void sync() {}
  const char* algorithm(const Kernel& kernel) { return kernel.algorithm.c_str(); }
};

}  // namespace chipfit::simple

/// `prepare` is a function `chipfit::simple::Kernel prepare(const chipfit_problem&)`.
#define CHIPFIT_SIMPLE_PLUGIN(plugin_name, plugin_version, prepare) \
  CHIPFIT_PLUGIN(::chipfit::simple::HostDevice<prepare>, plugin_name, plugin_version)

/// The same with `void describe(chipfit_device_info&)`, for a device that is not the host's CPU.
#define CHIPFIT_SIMPLE_PLUGIN_DESCRIBED(plugin_name, plugin_version, prepare, describe) \
  using chipfit_simple_device = ::chipfit::simple::HostDevice<prepare, describe>;       \
  CHIPFIT_PLUGIN(chipfit_simple_device, plugin_name, plugin_version)
