// The plugins for NVIDIA GPUs on a device, where there is one; elsewhere these are skipped, and shown so.
#include <optional>
#include <utility>

#include "tests/vendor/abi_problems.hpp"

namespace chipfit::test {
namespace {

/// What device_count answers, with the text beside it, before any device is opened.
std::pair<chipfit_status, std::string> device_count_of(const char* name) {
  static chipfit_host host = {sizeof host, CHIPFIT_ABI_MINOR, [](const char*) {}, "/tmp", ""};
  void* library = dlopen(path_of(name).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) throw std::runtime_error(dlerror());
  const auto query = reinterpret_cast<decltype(&chipfit_plugin_query_v1)>(dlsym(library, "chipfit_plugin_query_v1"));
  const chipfit_plugin& table = *query(&host);
  std::uint32_t count = 0;
  const chipfit_status status = table.device_count(&count);
  char text[512] = "";
  table.last_error(nullptr, text, sizeof text);
  return {status, text};
}

class Cuda : public ::testing::TestWithParam<const char*> {};
TEST_P(Cuda, LoadsAnywhereAndSaysWhatIsMissing) {
  const auto [status, text] = device_count_of(GetParam());
  if (status == CHIPFIT_OK) return;  // there is a device: CudaDevice has the tests
  EXPECT_EQ(status, CHIPFIT_UNAVAILABLE);
  EXPECT_NE(text, "");
}

class CudaDevice : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const auto [status, text] = device_count_of(GetParam());
    if (status != CHIPFIT_OK) GTEST_SKIP() << text;
    plugin.emplace(path_of(GetParam()), "trial_s=0");  // trying takes seconds where engines are compiled
  }
  void expect_right_or_refused_with_a_reason(const chipfit_problem& p) {
    if (plugin->asks(p) == CHIPFIT_UNSUPPORTED)
      EXPECT_NE(plugin->error(), "") << words(p);
    else
      EXPECT_TRUE(is_right(*plugin, p, random)) << words(p);
  }
  static std::vector<Types> every_type() {
    return {CHIPFIT_F64, CHIPFIT_F32, CHIPFIT_F16,  CHIPFIT_BF16, bf16_to_f32,
            CHIPFIT_I8,  CHIPFIT_U8,  CHIPFIT_E4M3, CHIPFIT_E5M2};
  }
  std::optional<LoadedPlugin> plugin;
  std::mt19937 random{20240229};
};

TEST_P(CudaDevice, DescribesItself) {
  const chipfit_device_info info = plugin->info();
  EXPECT_EQ(info.kind, CHIPFIT_GPU);
  EXPECT_EQ(info.view_alignment, 256u);
  EXPECT_GT(info.compute_units, 0u);
  const char* computes = GetParam() == std::string("cuda") ? "cuBLASLt" : "chipfit";
  EXPECT_NE(std::string(info.runtime).find(computes), std::string::npos) << info.runtime;
}

TEST_P(CudaDevice, ProductsOfEveryTypeTransposeAndBatchAreRight) {
  for (const Types& types : every_type())
    for (std::uint32_t bits = 0; bits < 16; ++bits) {
      std::uniform_int_distribution<int> size(1, 10);
      chipfit_problem p =
          gemm(types, 4 * size(random), 4 * size(random), 4 * size(random), bits & 4 ? 3 : 1, bits & 1, bits >> 1 & 1);
      p.accumulate = bits >> 3;
      expect_right_or_refused_with_a_reason(p);
    }
}

// Several tiles each way, of operands that the copy engine takes and of ones that it does not; sums that are split.
TEST_P(CudaDevice, ProductsOfMoreThanOneTileAreRight) {
  for (const Types& types : every_type())
    for (std::uint32_t transposes = 0; transposes < 4; ++transposes) {
      expect_right_or_refused_with_a_reason(gemm(types, 272, 528, 208, 2, transposes & 1, transposes >> 1));
      expect_right_or_refused_with_a_reason(gemm(types, 131, 267, 77, 1, transposes & 1, transposes >> 1));
      expect_right_or_refused_with_a_reason(gemm(types, 16, 128, 4096, 1, transposes & 1, transposes >> 1));
    }
}

TEST_P(CudaDevice, ConvolutionsInEveryDirectionAndLayoutAreRight) {
  for (const Types& types : every_type())
    for (std::uint32_t i = 0; i < 24; ++i) {
      chipfit_problem p =
          conv(CHIPFIT_CONV_FWD + i % 3, types, i / 3 % 2 ? CHIPFIT_NHWC : CHIPFIT_NCHW, random_conv(random));
      p.accumulate = i / 6 % 2;
      expect_right_or_refused_with_a_reason(p);
    }
}

TEST_P(CudaDevice, AnyMathModeOfF32IsComputedAtLeastThatWell) {
  for (std::uint32_t math = CHIPFIT_STRICT; math <= CHIPFIT_MATH_BF16; ++math) {
    chipfit_problem p = gemm(CHIPFIT_F32, 64, 48, 80);
    p.math = math;
    EXPECT_TRUE(is_right(*plugin, p, random)) << math;
  }
}

TEST_P(CudaDevice, AnImpossibleAllocationIsOutOfMemory) {
  chipfit_buffer buffer = nullptr;
  EXPECT_EQ(plugin->table().alloc(plugin->device(), std::uint64_t{1} << 60, &buffer), CHIPFIT_OUT_OF_MEMORY);
}

INSTANTIATE_TEST_SUITE_P(Plugins, Cuda, testing::Values(CHIPFIT_CUDA_PLUGINS));
INSTANTIATE_TEST_SUITE_P(Plugins, CudaDevice, testing::Values(CHIPFIT_CUDA_PLUGINS));

}  // namespace
}  // namespace chipfit::test
