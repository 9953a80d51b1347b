// What the onednn plugin promises beyond every backend's duties.
#include "tests/vendor/abi_problems.hpp"

namespace chipfit::test {
namespace {

constexpr chipfit_conv_shape plain{2, 32, 9, 9, 32, 3, 3, 0, 0, 1, 1, 1, 1, 1, 1, 1};
constexpr std::uint32_t directions[] = {CHIPFIT_CONV_FWD, CHIPFIT_CONV_BWD_DATA, CHIPFIT_CONV_BWD_WEIGHTS};

TEST(OneDnn, NamesTheImplementationAndThatItReorders) {
  const LoadedPlugin plugin(path_of("onednn"), "threads=1");
  EXPECT_NE(std::string(plugin.table().version).find("oneDNN 2."), std::string::npos) << plugin.table().version;
  // Plain NHWC filters have reference code only: whatever is used wants them in another format.
  const std::string name = algorithm_of(plugin, conv(CHIPFIT_CONV_FWD, CHIPFIT_F32, CHIPFIT_NHWC, plain));
  EXPECT_TRUE(name.ends_with("+reorder")) << name;
  EXPECT_FALSE(name.starts_with("ref")) << name;
}

TEST(OneDnn, RefusesF64InEveryOperation) {
  const LoadedPlugin plugin(path_of("onednn"), "threads=1");
  EXPECT_EQ(plugin.asks(gemm(CHIPFIT_F64, 8, 8, 8)), CHIPFIT_UNSUPPORTED);
  EXPECT_NE(plugin.error().find("has no product f64·f64 → f64"), std::string::npos) << plugin.error();
  for (const std::uint32_t op : directions)
    EXPECT_EQ(plugin.asks(conv(op, CHIPFIT_F64, CHIPFIT_NCHW, plain)), CHIPFIT_UNSUPPORTED) << op;
}

TEST(OneDnn, ReasonsNameTheOperationAndTheTypes) {
  const LoadedPlugin plugin(path_of("onednn"), "threads=1");
  // Weights of bytes have no gradient.
  EXPECT_EQ(plugin.asks(conv(CHIPFIT_CONV_BWD_WEIGHTS, u8_by_i8, CHIPFIT_NCHW, plain)), CHIPFIT_UNSUPPORTED);
  if (plugin.error().find("VNNI") == std::string::npos) {
    EXPECT_NE(plugin.error().find("conv_bwd_weights"), std::string::npos) << plugin.error();
    EXPECT_NE(plugin.error().find("u8·i8 → i32"), std::string::npos) << plugin.error();
  }
}

// An empty cell of the report is a plugin's answer with a reason, whatever is asked.
TEST(OneDnn, EveryProblemGetsAKernelOrAReason) {
  const LoadedPlugin plugin(path_of("onednn"), "threads=1");
  const Types all[] = {CHIPFIT_F64,
                       CHIPFIT_F32,
                       CHIPFIT_F16,
                       CHIPFIT_BF16,
                       CHIPFIT_I8,
                       u8_by_i8,
                       bf16_to_f32,
                       CHIPFIT_E4M3,
                       Types{CHIPFIT_F16, CHIPFIT_F16, CHIPFIT_F32, CHIPFIT_F32},
                       CHIPFIT_U8,
                       Types{CHIPFIT_I8, CHIPFIT_U8, CHIPFIT_I32, CHIPFIT_I32}};
  chipfit_conv_shape dilated = plain, grouped = plain, depthwise = plain;
  dilated.dil_h = dilated.dil_w = 2;
  grouped.groups = 4;
  depthwise.groups = 32;
  int kernels = 0;
  const auto ask = [&](chipfit_problem p) {
    for (p.accumulate = 0; p.accumulate < 2; ++p.accumulate) {
      const chipfit_status status = plugin.asks(p);
      kernels += status == CHIPFIT_OK;
      if (status == CHIPFIT_OK) continue;
      EXPECT_EQ(status, CHIPFIT_UNSUPPORTED) << words(p);
      EXPECT_NE(plugin.error().find("oneDNN 2."), std::string::npos) << words(p) << ": " << plugin.error();
    }
  };
  for (const Types& types : all) {
    for (std::uint32_t transposes = 0; transposes < 4; ++transposes)
      ask(gemm(types, 8, 9, 600, 1, transposes & 1, transposes >> 1));
    for (const std::uint32_t op : directions)
      for (const std::uint32_t layout : {CHIPFIT_NCHW, CHIPFIT_NHWC})
        for (const chipfit_conv_shape& f : {plain, dilated, grouped, depthwise}) ask(conv(op, types, layout, f));
  }
  EXPECT_GT(kernels, 0);
}

TEST(OneDnn, LongProductsOfBytesAreExact) {
  const LoadedPlugin plugin(path_of("onednn"), "threads=2");
  // 127·127·3001 = 48403129 and 255·127·3001 = 97187385 are odd and above 2^25: no f32 holds them.
  for (const Types& types : {Types(CHIPFIT_I8), u8_by_i8}) {
    const char left = types.a == CHIPFIT_U8 ? '\xff' : 127;
    chipfit_problem p = gemm(types, 2, 3, 3001);
    if (plugin.asks(p) == CHIPFIT_UNSUPPORTED) GTEST_SKIP() << plugin.error();
    const std::vector<char> got =
        plugin.compute(p, std::vector<char>(2 * 3001, left), std::vector<char>(3 * 3001, 127), std::vector<char>(24));
    EXPECT_EQ(got, packed(CHIPFIT_I32, std::vector<double>(6, types.a == CHIPFIT_U8 ? 97187385 : 48403129)));
    p.accumulate = 1;
    EXPECT_EQ(plugin.asks(p), CHIPFIT_UNSUPPORTED);
  }
}

TEST(OneDnn, ConvolutionsOfBytesThatMayRoundSaySoOrAreRefused) {
  const LoadedPlugin plugin(path_of("onednn"), "threads=2");
  const auto answer = [&](std::uint32_t op, const Types& types, std::int64_t products) {
    chipfit_conv_shape f{1, 4, 2, 3, 4, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1};
    (op == CHIPFIT_CONV_FWD ? f.c : f.k) = products;
    return algorithm_of(plugin, conv(op, types, CHIPFIT_NHWC, f));
  };
  if (answer(CHIPFIT_CONV_FWD, CHIPFIT_I8, 4).find("VNNI") != std::string::npos) GTEST_SKIP() << "older CPU";
  for (const Types& types : {Types(CHIPFIT_I8), u8_by_i8})
    for (const std::uint32_t op : {CHIPFIT_CONV_FWD, CHIPFIT_CONV_BWD_DATA}) {
      EXPECT_EQ(answer(op, types, 514).find("2^24"), std::string::npos);
      EXPECT_NE(answer(op, types, 515).find("(exact for sums below 2^24)"), std::string::npos);
      EXPECT_NE(answer(op, types, 32769).find("whose sums pass 2^24"), std::string::npos);
    }
}

TEST(OneDnn, WrongResultsOfTheLibraryAreAvoided) {
  const LoadedPlugin plugin(path_of("onednn"), "threads=1");
  std::mt19937 random(3);
  const auto right_or_refused = [&](const chipfit_problem& p) {
    const bool refused = plugin.asks(p) == CHIPFIT_UNSUPPORTED;
    EXPECT_TRUE(refused || is_right(plugin, p, random)) << words(p);
  };
  for (const std::uint32_t layout : {CHIPFIT_NCHW, CHIPFIT_NHWC}) {
    const chipfit_conv_shape eight_by_eight{1, 4, 8, 4, 8, 2, 4, 0, 0, 3, 3, 3, 3, 1, 1, 4};
    right_or_refused(conv(CHIPFIT_CONV_FWD, CHIPFIT_I8, layout, eight_by_eight));
    const chipfit_conv_shape thirty_pixels{2, 3, 6, 5, 3, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1};
    right_or_refused(conv(CHIPFIT_CONV_BWD_DATA, CHIPFIT_BF16, layout, thirty_pixels));
    right_or_refused(conv(CHIPFIT_CONV_BWD_DATA, bf16_to_f32, layout, thirty_pixels));
  }
}

TEST(OneDnn, PrepackedWeightsAreReorderedOnceForEachAddress) {
  const LoadedPlugin plugin(path_of("onednn"), "threads=1 weights=prepacked");
  const chipfit_problem p = conv(CHIPFIT_CONV_FWD, CHIPFIT_F32, CHIPFIT_NHWC, plain);
  const std::string name = algorithm_of(plugin, p);
  ASSERT_TRUE(name.ends_with("+prepacked")) << name;
  std::mt19937 random(3);
  EXPECT_TRUE(is_right(plugin, p, random));
  // Other filters at the same address count as the same; at another address they are packed anew.
  chipfit_kernel kernel = nullptr;
  ASSERT_EQ(plugin.table().prepare(plugin.device(), &p, &kernel), CHIPFIT_OK);
  chipfit_buffer buffers[4];
  const std::size_t sizes[] = {elements(p, 0) * sizeof(float), elements(p, 1) * sizeof(float),
                               elements(p, 1) * sizeof(float), elements(p, 2) * sizeof(float)};
  for (int i = 0; i < 4; ++i) ASSERT_EQ(plugin.table().alloc(plugin.device(), sizes[i], &buffers[i]), CHIPFIT_OK);
  const auto fill = [&](int i, float value) {
    const std::vector<float> data(sizes[i] / sizeof(float), value);
    plugin.table().upload(plugin.device(), buffers[i], 0, data.data(), sizes[i]);
  };
  const auto centre = [&](int filters) {
    const chipfit_view in[] = {{buffers[0], 0}, {buffers[filters], 0}};
    plugin.table().enqueue(plugin.device(), kernel, in, 2, {buffers[3], 0});
    float value = 0;
    const std::uint64_t at = (4 * 9 + 4) * 32 * sizeof(float);
    plugin.table().download(plugin.device(), buffers[3], at, &value, sizeof value);
    return value;
  };
  fill(0, 1), fill(1, 1), fill(2, 3);
  EXPECT_EQ(centre(1), 32 * 9);
  fill(1, 2);
  EXPECT_EQ(centre(1), 32 * 9);
  EXPECT_EQ(centre(2), 3 * 32 * 9);
  EXPECT_EQ(centre(1), 2 * 32 * 9);
  for (const chipfit_buffer buffer : buffers) plugin.table().free(plugin.device(), buffer);
  plugin.table().release(plugin.device(), kernel);
}

TEST(OneDnn, UnknownWordsInOptionsAreErrors) {
  const LoadedPlugin plugin(path_of("onednn"), "weights=packed");
  EXPECT_EQ(plugin.asks(gemm(CHIPFIT_F32, 4, 4, 4)), CHIPFIT_INTERNAL);
  EXPECT_EQ(plugin.error(), "option weights is fresh or prepacked, not packed");
}

#if defined(__x86_64__)
TEST(OneDnn, ComputesNarrowTypesWhereTheCpuHasInstructionsForThem) {
  if (!__builtin_cpu_supports("avx512bf16") || !__builtin_cpu_supports("avx512vnni")) GTEST_SKIP() << "older CPU";
  const LoadedPlugin plugin(path_of("onednn"), "threads=2");
  std::mt19937 random(7);
  chipfit_conv_shape strided = plain, grouped = plain;
  strided.stride_h = strided.stride_w = 2;
  strided.dil_h = strided.dil_w = 2;
  grouped.groups = 4;
  for (const Types& types : {Types(CHIPFIT_BF16), bf16_to_f32, Types(CHIPFIT_I8), u8_by_i8}) {
    for (std::uint32_t transposes = 0; transposes < 4; ++transposes)
      EXPECT_TRUE(is_right(plugin, gemm(types, 65, 66, 67, 1, transposes & 1, transposes >> 1), random)) << types.a;
    for (const std::uint32_t op : directions)
      for (const std::uint32_t layout : {CHIPFIT_NCHW, CHIPFIT_NHWC})
        for (const chipfit_conv_shape& f : {plain, strided, grouped}) {
          if (types.acc == CHIPFIT_I32 && op == CHIPFIT_CONV_BWD_WEIGHTS) continue;
          chipfit_problem p = conv(op, types, layout, f);
          EXPECT_TRUE(is_right(plugin, p, random)) << words(p);
          p.accumulate = types.acc == CHIPFIT_F32;
          EXPECT_TRUE(is_right(plugin, p, random)) << words(p);
        }
  }
}
#endif

}  // namespace
}  // namespace chipfit::test
