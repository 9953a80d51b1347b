// A complete chipfit plugin. Replace what is marked CHIP with calls of your runtime; what is here computes on the host,
// so that it can be built, run and verified before the first line is changed. The rules P1–P12 are in chipfit_plugin.h.
#include <chipfit/chipfit_plugin.hpp>

#include <memory>

using chipfit::plugin::Inputs;
using chipfit::plugin::View;

class MyChip {
 public:
  // CHIP: a handle of device memory that frees itself.
  struct Buffer {
    std::unique_ptr<unsigned char[]> memory;
  };

  // CHIP: a compiled kernel, a chosen algorithm, workspace.
  struct Kernel {
    chipfit_gemm_shape shape;
    bool accumulate;
  };

  // CHIP: how many devices the driver sees. 0 is a fine answer: the harness skips the plugin and says so.
  static std::uint32_t count() { return 1; }

  static void describe(std::uint32_t /*index*/, chipfit_device_info& info) {
    info.kind = CHIPFIT_CPU;  // CHIP: CHIPFIT_GPU or CHIPFIT_ACCELERATOR
    info.view_alignment = 64;
    info.threads = 1;
    chipfit::plugin::set_text(info.vendor, "me");
    chipfit::plugin::set_text(info.name, "mychip on the host");
    // CHIP: memory_bytes, compute_units, nominal_clock_hz, serial, driver, runtime, and the peaks that you claim.
  }

  explicit MyChip(std::uint32_t /*index*/) {}  // CHIP: open the device; throw Failure(CHIPFIT_UNAVAILABLE, "why")

  Buffer alloc(std::uint64_t bytes) { return {std::make_unique<unsigned char[]>(bytes)}; }

  void upload(Buffer& target, std::uint64_t offset, const void* source, std::uint64_t bytes) {
    std::memcpy(target.memory.get() + offset, source, bytes);
  }
  void download(const Buffer& source, std::uint64_t offset, void* target, std::uint64_t bytes) {
    std::memcpy(target, source.memory.get() + offset, bytes);
  }

  // Not timed, and sees no data. Whatever the chip cannot do is refused here with a reason, never computed wrongly.
  Kernel prepare(const chipfit_problem& problem) {
    if (problem.op != CHIPFIT_GEMM) chipfit::plugin::unsupported("mychip computes GEMM only");
    if (!chipfit::plugin::all_of_dtype(problem, CHIPFIT_F32)) chipfit::plugin::unsupported("mychip computes f32 only");
    return {problem.shape.gemm, problem.accumulate != 0};
  }

  // Timed. CHIP: put the kernel into the device's queue and return.
  void enqueue(Kernel& kernel, Inputs<Buffer> in, View<Buffer> out) {
    const chipfit_gemm_shape& s = kernel.shape;
    const auto* a = reinterpret_cast<const float*>(in[0].buffer.memory.get() + in[0].offset);
    const auto* b = reinterpret_cast<const float*>(in[1].buffer.memory.get() + in[1].offset);
    auto* c = reinterpret_cast<float*>(out.buffer.memory.get() + out.offset);
    for (std::int64_t i = 0; i < s.batch; ++i, a += s.m * s.k, b += s.k * s.n, c += s.m * s.n)
      for (std::int64_t m = 0; m < s.m; ++m)
        for (std::int64_t n = 0; n < s.n; ++n) {
          float sum = kernel.accumulate ? c[m * s.n + n] : 0;
          for (std::int64_t k = 0; k < s.k; ++k)
            sum += a[s.trans_a ? k * s.m + m : m * s.k + k] * b[s.trans_b ? n * s.k + k : k * s.n + n];
          c[m * s.n + n] = sum;
        }
  }

  void sync() {}  // CHIP: wait until the queue is empty; throw Failure(CHIPFIT_DEVICE_LOST, "why")

  const char* algorithm(const Kernel&) { return "three loops"; }
};

CHIPFIT_PLUGIN(MyChip, "mychip", "1.0")
