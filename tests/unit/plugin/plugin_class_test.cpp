// chipfit_plugin.hpp: a class becomes an ABI table that throws nothing and leaks nothing.
#include <gtest/gtest.h>
#include <chipfit/chipfit_plugin.hpp>

#include <string>
#include <vector>

namespace {

using chipfit::plugin::Failure;
using chipfit::plugin::Inputs;
using chipfit::plugin::View;

/// Counts its living copies.
struct Counted {
  static inline int alive = 0;
  Counted() { ++alive; }
  Counted(Counted&&) noexcept { ++alive; }
  ~Counted() { --alive; }
};

/// Adds bytes; throws on demand.
class Chip {
 public:
  struct Buffer {
    std::vector<unsigned char> bytes;
    Counted counted{};
  };
  struct Kernel {
    std::string name;
    Counted counted{};
  };
  static inline int mode = 0;  // what enqueue throws

  static std::uint32_t count() { return 2; }
  static void describe(std::uint32_t index, chipfit_device_info& info) {
    info.kind = CHIPFIT_ACCELERATOR;
    info.compute_units = 10 + index;
    chipfit::plugin::set_text(info.name, std::string(300, 'n'));
  }
  explicit Chip(std::uint32_t index) {
    if (index == 1) throw Failure(CHIPFIT_UNAVAILABLE, "device 1 is in use");
  }
  Buffer alloc(std::uint64_t bytes) {
    if (bytes > 1000) throw std::bad_alloc();
    return {std::vector<unsigned char>(bytes)};
  }
  void upload(Buffer& target, std::uint64_t offset, const void* source, std::uint64_t bytes) {
    std::memcpy(target.bytes.data() + offset, source, bytes);
  }
  void download(const Buffer& source, std::uint64_t offset, void* target, std::uint64_t bytes) {
    std::memcpy(target, source.bytes.data() + offset, bytes);
  }
  Kernel prepare(const chipfit_problem& problem) {
    if (problem.op != CHIPFIT_GEMM) chipfit::plugin::unsupported("only GEMM");
    return {"adder"};
  }
  void enqueue(Kernel&, Inputs<Buffer> in, View<Buffer> out) {
    switch (mode) {
      case 1:
        throw std::runtime_error("burnt");
      case 2:
        throw 42;
      case 3:
        throw Failure(CHIPFIT_DEVICE_LOST, "gone");
      default:
        break;
    }
    unsigned char sum = 0;
    for (std::uint32_t i = 0; i < in.size(); ++i)
      sum = static_cast<unsigned char>(sum + in[i].buffer.bytes[in[i].offset]);
    out.buffer.bytes[out.offset] = sum;
  }
  void sync() {}
  void supports(const chipfit_problem& problem) {
    if (problem.op != CHIPFIT_GEMM) chipfit::plugin::unsupported("not supported: only GEMM");
  }
  std::optional<double> counter(std::string_view name) {
    if (name == "power_w") return 12.5;
    return std::nullopt;
  }
  const char* algorithm(const Kernel& kernel) { return kernel.name.c_str(); }

 private:
  Counted counted_;
};

/// The least that compiles.
class BareChip {
 public:
  struct Buffer {};
  struct Kernel {};
  static std::uint32_t count() { return 0; }
  static void describe(std::uint32_t, chipfit_device_info&) {}
  explicit BareChip(std::uint32_t) {}
  Buffer alloc(std::uint64_t) { return {}; }
  void upload(Buffer&, std::uint64_t, const void*, std::uint64_t) {}
  void download(const Buffer&, std::uint64_t, void*, std::uint64_t) {}
  Kernel prepare(const chipfit_problem&) { return {}; }
  void enqueue(Kernel&, Inputs<Buffer>, View<Buffer>) {}
  void sync() {}
};

}  // namespace

CHIPFIT_PLUGIN(Chip, "chip", "3.1")

namespace {

class PluginClass : public ::testing::Test {
 protected:
  PluginClass() { Chip::mode = 0; }

  std::string error(chipfit_device from) {
    char text[256];
    const std::size_t length = table->last_error(from, text, sizeof text);
    EXPECT_EQ(length, std::strlen(text));
    return text;
  }
  chipfit_device opened() {
    chipfit_device device = nullptr;
    EXPECT_EQ(table->open(0, &device), CHIPFIT_OK);
    return device;
  }
  chipfit_buffer buffer(chipfit_device device, unsigned char first, unsigned char second) {
    chipfit_buffer made = nullptr;
    EXPECT_EQ(table->alloc(device, 2, &made), CHIPFIT_OK);
    const unsigned char bytes[2] = {first, second};
    EXPECT_EQ(table->upload(device, made, 0, bytes, 2), CHIPFIT_OK);
    return made;
  }
  static chipfit_problem gemm() {
    chipfit_problem problem{};
    problem.op = CHIPFIT_GEMM;
    return problem;
  }

  chipfit_host host{sizeof(chipfit_host), 0, nullptr, "/tmp", ""};
  const chipfit_plugin* table = chipfit_plugin_query_v1(&host);
};

TEST_F(PluginClass, AFailedOpenSaysWhyWithoutADevice) {
  chipfit_device device = nullptr;
  EXPECT_EQ(table->open(1, &device), CHIPFIT_UNAVAILABLE);
  EXPECT_EQ(error(nullptr), "device 1 is in use");
  EXPECT_EQ(table->open(2, &device), CHIPFIT_INTERNAL);
  EXPECT_EQ(error(nullptr), "there is no device 2");
  EXPECT_EQ(Counted::alive, 0);
}

TEST_F(PluginClass, EveryExceptionBecomesAStatusAndAText) {
  chipfit_device device = opened();
  chipfit_kernel kernel = nullptr;
  chipfit_problem problem = gemm();
  ASSERT_EQ(table->prepare(device, &problem, &kernel), CHIPFIT_OK);
  const chipfit_view in[2] = {{buffer(device, 1, 2), 0}, {buffer(device, 3, 4), 0}};
  const auto run = [&](int mode) {
    Chip::mode = mode;
    return table->enqueue(device, kernel, in, 2, in[0]);
  };
  EXPECT_EQ(run(1), CHIPFIT_INTERNAL);
  EXPECT_EQ(error(device), "burnt");
  EXPECT_EQ(run(2), CHIPFIT_INTERNAL);
  EXPECT_EQ(error(device), "an exception that is no std::exception");
  EXPECT_EQ(run(3), CHIPFIT_DEVICE_LOST);
  EXPECT_EQ(error(device), "gone");
  chipfit_buffer none = nullptr;
  EXPECT_EQ(table->alloc(device, 1001, &none), CHIPFIT_OUT_OF_MEMORY);
  problem.op = CHIPFIT_CONV_FWD;
  EXPECT_EQ(table->prepare(device, &problem, &kernel), CHIPFIT_UNSUPPORTED);
  EXPECT_EQ(error(device), "only GEMM");
  EXPECT_EQ(table->supports(device, &problem), CHIPFIT_UNSUPPORTED);
  EXPECT_EQ(error(device), "not supported: only GEMM");
  for (const chipfit_view& view : in) table->free(device, view.buffer);
  table->release(device, kernel);
  table->close(device);
}

TEST_F(PluginClass, ErrorTextIsCutToTheCallersBuffer) {
  chipfit_device device = nullptr;
  EXPECT_NE(table->open(1, &device), CHIPFIT_OK);
  char text[7] = "xxxxxx";
  EXPECT_EQ(table->last_error(nullptr, text, sizeof text), 6u);
  EXPECT_STREQ(text, "device");
  EXPECT_EQ(table->last_error(nullptr, text, 0), 0u);
  EXPECT_STREQ(text, "device");
}

TEST_F(PluginClass, PassesViewsAndDestroysWhatIsReleased) {
  chipfit_device device = opened();
  chipfit_kernel kernel = nullptr;
  const chipfit_problem problem = gemm();
  ASSERT_EQ(table->prepare(device, &problem, &kernel), CHIPFIT_OK);
  EXPECT_STREQ(table->algorithm(device, kernel), "adder");
  const chipfit_view in[2] = {{buffer(device, 1, 2), 1}, {buffer(device, 3, 4), 0}};
  const chipfit_view out = {buffer(device, 0, 0), 1};
  EXPECT_EQ(Counted::alive, 5);
  ASSERT_EQ(table->enqueue(device, kernel, in, 2, out), CHIPFIT_OK);
  ASSERT_EQ(table->sync(device), CHIPFIT_OK);
  unsigned char result[2];
  ASSERT_EQ(table->download(device, out.buffer, 0, result, 2), CHIPFIT_OK);
  EXPECT_EQ(result[0], 0);
  EXPECT_EQ(result[1], 2 + 3);
  for (const chipfit_buffer b : {in[0].buffer, in[1].buffer, out.buffer}) table->free(device, b);
  table->release(device, kernel);
  table->close(device);
  EXPECT_EQ(Counted::alive, 0);
}

TEST_F(PluginClass, DeviceInfoIsWrittenUpToWhatTheCallerKnows) {
  chipfit_device_info info{};
  info.struct_size = sizeof info;
  ASSERT_EQ(table->device_info(1, &info), CHIPFIT_OK);
  EXPECT_EQ(info.compute_units, 11u);
  EXPECT_EQ(std::strlen(info.name), sizeof info.name - 1);
  chipfit_device_info old{};
  old.struct_size = 8;
  ASSERT_EQ(table->device_info(1, &old), CHIPFIT_OK);
  EXPECT_EQ(old.struct_size, 8u);
  EXPECT_EQ(old.kind, std::uint32_t{CHIPFIT_ACCELERATOR});
  EXPECT_EQ(old.compute_units, 0u);
}

TEST_F(PluginClass, CountersThatItDoesNotHaveAreUnsupported) {
  chipfit_device device = opened();
  double value = 0;
  EXPECT_EQ(table->counter(device, "power_w", &value), CHIPFIT_OK);
  EXPECT_EQ(value, 12.5);
  EXPECT_EQ(table->counter(device, "joy", &value), CHIPFIT_UNSUPPORTED);
  table->close(device);
}

TEST_F(PluginClass, TheTableIsOfThisAbi) {
  EXPECT_EQ(table->struct_size, sizeof(chipfit_plugin));
  EXPECT_EQ(table->abi_minor, std::uint32_t{CHIPFIT_ABI_MINOR});
  EXPECT_STREQ(table->name, "chip");
  EXPECT_STREQ(table->version, "3.1");
}

TEST(PluginClassOptional, FunctionsThatTheClassLacksAreNull) {
  const chipfit_host host{sizeof(chipfit_host), 0, nullptr, "/tmp", ""};
  const chipfit_plugin* table = chipfit::plugin::detail::Table<BareChip>::query(&host, "bare", "1");
  EXPECT_EQ(table->supports, nullptr);
  EXPECT_EQ(table->counter, nullptr);
  EXPECT_EQ(table->algorithm, nullptr);
  EXPECT_NE(table->last_error, nullptr);
}

TEST_F(PluginClass, OptionsAreWholeKeysAndTheLastOneWins) {
  host.options = "threads=2  thread=7 empty= threads=4 bare rate=1e9 odd=3x";
  using chipfit::plugin::number_option;
  using chipfit::plugin::option;
  EXPECT_EQ(option("threads"), "4");
  EXPECT_EQ(option("thread"), "7");
  EXPECT_EQ(option("empty"), "");
  EXPECT_EQ(option("bare"), std::nullopt);
  EXPECT_EQ(option("hreads"), std::nullopt);
  EXPECT_EQ(number_option("rate", 1), 1e9);
  EXPECT_EQ(number_option("absent", 1), 1);
  EXPECT_THROW(number_option("odd", 1), Failure);
  EXPECT_THROW(number_option("empty", 1), Failure);
  host.options = nullptr;
  EXPECT_EQ(option("threads"), std::nullopt);
}

}  // namespace
