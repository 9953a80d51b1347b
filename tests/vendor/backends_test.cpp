// Every backend of the tree against the definitions in plain loops, through the ABI and nothing else.
#include "tests/vendor/abi_problems.hpp"

namespace chipfit::test {
namespace {

struct Backend {
  const char* name;
  const char* options;
  std::vector<Types> types;        ///< everything that is asked here is computed
  std::vector<Types> partly = {};  ///< what is computed is right; some of it is refused
};
void PrintTo(const Backend& backend, std::ostream* out) {
  *out << backend.name;
}

/// Name of the algorithm that prepare chooses, or why it refuses.
std::string algorithm_of(const LoadedPlugin& plugin, const chipfit_problem& p) {
  chipfit_kernel kernel = nullptr;
  if (plugin.table().prepare(plugin.device(), &p, &kernel) != CHIPFIT_OK) return plugin.error();
  const std::string name = plugin.table().algorithm(plugin.device(), kernel);
  plugin.table().release(plugin.device(), kernel);
  return name;
}

class Backends : public ::testing::TestWithParam<Backend> {
 protected:
  void expect_right_or_partly_refused(const chipfit_problem& p) {
    const std::vector<Types>& partly = GetParam().partly;
    const Types types{p.dtype_a, p.dtype_b, p.dtype_acc, p.dtype_out};
    if (std::find(partly.begin(), partly.end(), types) != partly.end() && plugin.asks(p) == CHIPFIT_UNSUPPORTED)
      EXPECT_NE(plugin.error(), "") << words(p);
    else
      EXPECT_TRUE(is_right(plugin, p, random)) << words(p);
  }
  static std::vector<Types> all_types() {
    std::vector<Types> all = GetParam().types;
    all.insert(all.end(), GetParam().partly.begin(), GetParam().partly.end());
    return all;
  }

  LoadedPlugin plugin{path_of(GetParam().name), GetParam().options};
  std::mt19937 random{20240229};
};

TEST_P(Backends, RefusesWhatItDoesNotComputeAndSaysWhy) {
  chipfit_problem p = gemm(CHIPFIT_F32, 4, 4, 4);
  p.op = 99;
  EXPECT_EQ(plugin.asks(p), CHIPFIT_UNSUPPORTED);
  EXPECT_NE(plugin.error(), "");
  // Types that nothing multiplies, and results that nothing gives.
  const Types undefined[] = {0u,
                             77u,
                             CHIPFIT_I32,
                             {CHIPFIT_U8, CHIPFIT_U8, CHIPFIT_I32, CHIPFIT_I32},
                             {CHIPFIT_E4M3, CHIPFIT_E4M3, CHIPFIT_F32, CHIPFIT_E4M3},
                             {CHIPFIT_E4M3, CHIPFIT_BF16, CHIPFIT_F32, CHIPFIT_F32}};
  for (const Types types : undefined) {
    EXPECT_EQ(plugin.asks(gemm(types, 4, 4, 4)), CHIPFIT_UNSUPPORTED) << types.a << " " << types.b;
    EXPECT_NE(plugin.error(), "");
  }
  chipfit_conv_shape f{1, 4, 5, 5, 4, 3, 3, 0, 0, 1, 1, 1, 1, 1, 1, 1};
  EXPECT_EQ(plugin.asks(conv(CHIPFIT_CONV_FWD, CHIPFIT_F32, 7, f)), CHIPFIT_UNSUPPORTED);
}

TEST_P(Backends, HasNoDeviceBeyondItsCount) {
  std::uint32_t count = 0;
  ASSERT_EQ(plugin.table().device_count(&count), CHIPFIT_OK);
  ASSERT_GE(count, 1u);
  chipfit_device device = nullptr;
  EXPECT_NE(plugin.table().open(count, &device), CHIPFIT_OK);
}

TEST_P(Backends, AnImpossibleAllocationIsOutOfMemory) {
  chipfit_buffer buffer = nullptr;
  EXPECT_EQ(plugin.table().alloc(plugin.device(), UINT64_MAX - 10, &buffer), CHIPFIT_OUT_OF_MEMORY);
  EXPECT_EQ(plugin.table().alloc(plugin.device(), std::uint64_t{1} << 60, &buffer), CHIPFIT_OUT_OF_MEMORY);
}

TEST_P(Backends, GemmIsRightForEveryTypeTransposeAndBatch) {
  for (const Types& types : all_types())
    for (std::uint32_t bits = 0; bits < 16; ++bits) {
      std::uniform_int_distribution<int> size(1, 19);
      chipfit_problem p =
          gemm(types, size(random), size(random), size(random), bits & 4 ? 3 : 1, bits & 1, bits >> 1 & 1);
      p.accumulate = bits >> 3;
      expect_right_or_partly_refused(p);
    }
}

TEST_P(Backends, ConvolutionIsRightInEveryDirectionAndLayout) {
  for (const Types& types : all_types())
    for (int i = 0; i < 72; ++i) {
      const std::uint32_t op = CHIPFIT_CONV_FWD + static_cast<std::uint32_t>(i) % 3;
      chipfit_problem p = conv(op, types, i / 3 % 2 ? CHIPFIT_NHWC : CHIPFIT_NCHW, random_conv(random));
      p.accumulate = i / 6 % 2;
      expect_right_or_partly_refused(p);
    }
}

TEST_P(Backends, DepthwiseConvolutionIsRight) {
  for (const std::uint32_t layout : {CHIPFIT_NCHW, CHIPFIT_NHWC})
    for (std::uint32_t op = CHIPFIT_CONV_FWD; op <= CHIPFIT_CONV_BWD_WEIGHTS; ++op)
      for (const std::int64_t multiplier : {1, 2}) {
        const chipfit_conv_shape f{2, 6, 8, 7, 6 * multiplier, 3, 3, 0, 0, 1, 1, 2, 1, 1, 1, 6};
        expect_right_or_partly_refused(conv(op, CHIPFIT_F32, layout, f));
      }
}

TEST_P(Backends, AnyMathModeOfF32IsComputedAtLeastThatWell) {
  for (std::uint32_t math = CHIPFIT_STRICT; math <= CHIPFIT_MATH_BF16; ++math) {
    chipfit_problem p = gemm(CHIPFIT_F32, 7, 8, 9);
    p.math = math;
    EXPECT_TRUE(is_right(plugin, p, random)) << math;
  }
}

TEST_P(Backends, DescribesItsDevice) {
  const chipfit_device_info info = plugin.info();
  EXPECT_GT(info.memory_bytes, 0u);
  EXPECT_EQ(info.view_alignment, 64u);
  EXPECT_GE(info.threads, 1u);
  EXPECT_STRNE(info.name, "");
  EXPECT_STRNE(info.runtime, "");
  EXPECT_STREQ(info.serial, "");
  EXPECT_EQ(plugin.table().name, std::string(GetParam().name));
}

TEST_P(Backends, WritesOnlyAsMuchDeviceInfoAsTheHarnessKnows) {
  chipfit_device_info info;
  std::memset(&info, 0x5a, sizeof info);
  info.struct_size = 16;
  ASSERT_EQ(plugin.table().device_info(0, &info), CHIPFIT_OK);
  EXPECT_EQ(info.struct_size, 16u);
  EXPECT_EQ(info.memory_bytes, 0x5a5a5a5a5a5a5a5aull);
}

TEST_P(Backends, AThreadsOptionThatIsNoNumberIsAnError) {
  EXPECT_NE(LoadedPlugin(path_of(GetParam().name), "threads=1").info().threads, 0u);
  const LoadedPlugin broken(path_of(GetParam().name), "threads=many");
  EXPECT_EQ(broken.asks(gemm(CHIPFIT_F32, 4, 4, 4)), CHIPFIT_INTERNAL);
  EXPECT_EQ(broken.info().threads, 0u);
  EXPECT_NE(broken.error().find("threads=many"), std::string::npos) << broken.error();
}

std::vector<Backend> all_backends() {
  const std::vector<Types> every_type = {CHIPFIT_F64,
                                         CHIPFIT_F32,
                                         CHIPFIT_F16,
                                         {CHIPFIT_F16, CHIPFIT_F16, CHIPFIT_F32, CHIPFIT_F32},
                                         CHIPFIT_BF16,
                                         {CHIPFIT_BF16, CHIPFIT_BF16, CHIPFIT_F32, CHIPFIT_F32},
                                         CHIPFIT_E4M3,
                                         {CHIPFIT_E4M3, CHIPFIT_E4M3, CHIPFIT_F32, CHIPFIT_F32},
                                         {CHIPFIT_E4M3, CHIPFIT_E5M2, CHIPFIT_F32, CHIPFIT_BF16},
                                         {CHIPFIT_E4M3, CHIPFIT_E5M2, CHIPFIT_F32, CHIPFIT_F32},
                                         CHIPFIT_E5M2,
                                         {CHIPFIT_E5M2, CHIPFIT_E5M2, CHIPFIT_F32, CHIPFIT_F32},
                                         {CHIPFIT_E5M2, CHIPFIT_E4M3, CHIPFIT_F32, CHIPFIT_BF16},
                                         {CHIPFIT_E5M2, CHIPFIT_E4M3, CHIPFIT_F32, CHIPFIT_F32},
                                         CHIPFIT_I8,
                                         CHIPFIT_U8};
  std::vector<Backend> all = {{"reference", "threads=2", every_type},
                              {"simulated", "rate_flop_per_s=1e12 overhead_s=1e-6", every_type}};
  all.push_back({"native",
                 "threads=2",
                 {CHIPFIT_F64, CHIPFIT_F32},
                 {CHIPFIT_F16,
                  {CHIPFIT_F16, CHIPFIT_F16, CHIPFIT_F32, CHIPFIT_F32},
                  CHIPFIT_BF16,
                  bf16_to_f32,
                  CHIPFIT_I8,
                  CHIPFIT_U8}});
#ifdef CHIPFIT_HAS_OPENBLAS
  all.push_back({"openblas", "threads=2", {CHIPFIT_F32, CHIPFIT_F64}});
#endif
#ifdef CHIPFIT_HAS_BLIS
  all.push_back({"blis", "threads=2", {}, {CHIPFIT_F32, CHIPFIT_F64}});
#endif
#ifdef CHIPFIT_HAS_ONEDNN
  all.push_back({"onednn", "threads=2", {CHIPFIT_F32}, {CHIPFIT_BF16, bf16_to_f32, CHIPFIT_I8, u8_by_i8}});
#endif
  return all;
}
INSTANTIATE_TEST_SUITE_P(All, Backends, ::testing::ValuesIn(all_backends()),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(Reference, MultipliesEveryCodeOfFp8AsItsValue) {
  const LoadedPlugin plugin(path_of("reference"), "threads=1");
  for (const std::uint32_t dtype : {CHIPFIT_E4M3, CHIPFIT_E5M2}) {
    std::vector<char> codes(256);
    for (int i = 0; i < 256; ++i) codes[static_cast<std::size_t>(i)] = static_cast<char>(i);
    const chipfit_problem p = gemm({dtype, dtype, CHIPFIT_F32, CHIPFIT_F32}, 256, 1, 1);
    const std::vector<char> got = plugin.compute(p, codes, packed(dtype, {1}), std::vector<char>(4 * 256));
    const int first_special = dtype == CHIPFIT_E4M3 ? 0x7f : 0x7c;  // NaN; infinity and NaNs
    for (int i = 0; i < 256; ++i) {
      float value;
      std::memcpy(&value, got.data() + 4 * i, 4);
      if ((i & 0x7f) < first_special)
        EXPECT_EQ(value, fp8_value(dtype, i)) << i;
      else
        EXPECT_FALSE(std::isfinite(value)) << i;
    }
  }
}

TEST(Reference, LongSumsOfBytesWrapModulo2To32) {
  const LoadedPlugin plugin(path_of("reference"), "threads=1");
  // 127·127·140000 = 2258060000 and 255·127·70000 = 2266950000: above 2^31 = 2147483648.
  const auto sum = [&](std::uint32_t dtype, std::int64_t k, int a) {
    const std::vector<char> got =
        plugin.compute(gemm(dtype, 1, 1, k), std::vector<char>(static_cast<std::size_t>(k), static_cast<char>(a)),
                       std::vector<char>(static_cast<std::size_t>(k), 127), std::vector<char>(4));
    std::int32_t value;
    std::memcpy(&value, got.data(), 4);
    return value;
  };
  EXPECT_EQ(sum(CHIPFIT_I8, 140000, 127), 2258060000 - 4294967296);
  EXPECT_EQ(sum(CHIPFIT_U8, 70000, 255), 2266950000 - 4294967296);
  EXPECT_EQ(sum(CHIPFIT_I8, 1000, -128), -128 * 127 * 1000);
}

// The skeleton of all hostile plugins: what it does wrong must be what the file says, and nothing else.
TEST(HostileControls, AreRight) {
  std::mt19937 random(5);
  for (const char* name : {"honest", "honest_nondeterministic", "newer_minor"}) {
    const LoadedPlugin plugin(std::string(CHIPFIT_HOSTILE_DIR) + "/" + name + ".so");
    for (std::uint32_t i = 0; i < 60; ++i) {
      std::uniform_int_distribution<int> size(1, 19);
      chipfit_problem p = gemm(CHIPFIT_F32, size(random), size(random), size(random), 1 + i % 3, i & 1, i >> 1 & 1);
      if (i % 4 != 0)
        p = conv(CHIPFIT_GEMM + i % 4, CHIPFIT_F32, i & 8 ? CHIPFIT_NCHW : CHIPFIT_NHWC, random_conv(random));
      p.accumulate = i >> 2 & 1;
      EXPECT_TRUE(is_right(plugin, p, random)) << name << ": " << words(p);
    }
  }
}

}  // namespace
}  // namespace chipfit::test
