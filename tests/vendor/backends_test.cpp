// Every backend of the tree against the definitions in plain loops, through the ABI and nothing else.
#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <random>
#include <sstream>

#include "tests/vendor/loaded_plugin.hpp"
#include "tests/vendor/naive.hpp"

namespace chipfit::test {
namespace {

std::string path_of(const std::string& backend) {
  return std::string(CHIPFIT_PLUGIN_DIR) + "/" + backend + ".so";
}

/// Types of a, b, accumulator and output; from one input type alone, what that stands for.
struct Types {
  std::uint32_t a, b, acc, out;
  constexpr Types(std::uint32_t dtype) : a(dtype), b(dtype), acc(dtype), out(dtype) {
    const bool fp8 = dtype == CHIPFIT_E4M3 || dtype == CHIPFIT_E5M2;
    if (dtype == CHIPFIT_F16 || dtype == CHIPFIT_BF16 || fp8) acc = CHIPFIT_F32;
    if (fp8) out = CHIPFIT_BF16;
    if (dtype == CHIPFIT_I8 || dtype == CHIPFIT_U8) acc = out = CHIPFIT_I32, b = CHIPFIT_I8;
  }
  constexpr Types(std::uint32_t type_a, std::uint32_t type_b, std::uint32_t type_acc, std::uint32_t type_out)
      : a(type_a), b(type_b), acc(type_acc), out(type_out) {}
};

chipfit_problem problem_of(std::uint32_t op, Types types, std::uint32_t layout) {
  chipfit_problem p{};
  p.struct_size = sizeof p;
  p.op = op;
  p.dtype_a = types.a, p.dtype_b = types.b, p.dtype_acc = types.acc, p.dtype_out = types.out;
  p.math = CHIPFIT_STRICT;
  p.layout = layout;
  return p;
}

chipfit_problem gemm(Types types, std::int64_t m, std::int64_t n, std::int64_t k, std::int64_t batch = 1,
                     std::uint32_t ta = 0, std::uint32_t tb = 0) {
  chipfit_problem p = problem_of(CHIPFIT_GEMM, types, CHIPFIT_ROW_MAJOR);
  p.shape.gemm = {m, n, k, batch, ta, tb};
  return p;
}

std::int64_t extent(std::int64_t in, std::int64_t filter, std::int64_t pad, std::int64_t stride, std::int64_t dil) {
  const std::int64_t covered = in + 2 * pad - dil * (filter - 1) - 1;
  return covered < 0 ? 0 : covered / stride + 1;
}

chipfit_problem conv(std::uint32_t op, Types types, std::uint32_t layout, chipfit_conv_shape f) {
  chipfit_problem p = problem_of(op, types, layout);
  f.p = extent(f.h, f.r, f.pad_h, f.stride_h, f.dil_h);
  f.q = extent(f.w, f.s, f.pad_w, f.stride_w, f.dil_w);
  p.shape.conv = f;
  return p;
}

std::int64_t elements(const chipfit_problem& p, int operand) {
  if (p.op == CHIPFIT_GEMM) {
    const chipfit_gemm_shape& s = p.shape.gemm;
    const std::int64_t sizes[] = {s.m * s.k, s.k * s.n, s.m * s.n};
    return s.batch * sizes[operand];
  }
  const chipfit_conv_shape& f = p.shape.conv;
  const std::int64_t x = f.n * f.c * f.h * f.w, w = f.k * (f.c / f.groups) * f.r * f.s, y = f.n * f.k * f.p * f.q;
  const std::int64_t order[3][3] = {{x, w, y}, {y, w, x}, {x, y, w}};
  return order[p.op - CHIPFIT_CONV_FWD][operand];
}

/// Small whole numbers are exact in every type, and so are their sums here: results are compared for equality. u8: all.
std::vector<double> whole_numbers(std::uint32_t dtype, std::int64_t n, std::mt19937& random) {
  std::uniform_int_distribution<int> values(dtype == CHIPFIT_U8 ? 0 : -2, dtype == CHIPFIT_U8 ? 255 : 2);
  std::vector<double> data(static_cast<std::size_t>(n));
  for (double& v : data) v = values(random);
  return data;
}

template <class T>
std::vector<char> packed_as(const std::vector<double>& values, T (*convert)(double)) {
  std::vector<char> bytes(values.size() * sizeof(T));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const T v = convert(values[i]);
    std::memcpy(bytes.data() + i * sizeof(T), &v, sizeof(T));
  }
  return bytes;
}
// Bits of a value that is exact in bfloat16 and binary16, which small whole numbers are.
std::uint16_t bf16_bits(double value) {
  const float f = static_cast<float>(value);
  std::uint32_t bits;
  std::memcpy(&bits, &f, 4);
  return static_cast<std::uint16_t>(bits >> 16);
}
std::uint16_t f16_bits(double value) {
  if (value == 0) return 0;
  int exponent;
  const double fraction = std::frexp(std::abs(value), &exponent);  // in [0.5, 1)
  return static_cast<std::uint16_t>((value < 0 ? 0x8000 : 0) | (exponent + 14) << 10 |
                                    (static_cast<int>(fraction * 2048) & 1023));
}
/// The value of an 8-bit code by the definition of OCP.
double fp8_value(std::uint32_t dtype, int code) {
  const int fraction_bits = dtype == CHIPFIT_E4M3 ? 3 : 2, bias = dtype == CHIPFIT_E4M3 ? 7 : 15;
  const int exponent = (code & 0x7f) >> fraction_bits, fraction = code & ((1 << fraction_bits) - 1);
  const double sign = code & 0x80 ? -1 : 1;
  if (exponent == 0) return sign * std::ldexp(fraction, 1 - bias - fraction_bits);
  return sign * std::ldexp((1 << fraction_bits) + fraction, exponent - bias - fraction_bits);
}
template <std::uint32_t dtype>
std::uint8_t fp8_bits(double value) {
  int code = 0;
  while (fp8_value(dtype, code) != value) ++code;
  return static_cast<std::uint8_t>(code);
}
std::vector<char> packed(std::uint32_t dtype, const std::vector<double>& v) {
  switch (dtype) {
    case CHIPFIT_F64:
      return packed_as<double>(v, [](double x) { return x; });
    case CHIPFIT_F32:
      return packed_as<float>(v, [](double x) { return static_cast<float>(x); });
    case CHIPFIT_F16:
      return packed_as<std::uint16_t>(v, f16_bits);
    case CHIPFIT_BF16:
      return packed_as<std::uint16_t>(v, bf16_bits);
    case CHIPFIT_E4M3:
      return packed_as<std::uint8_t>(v, fp8_bits<CHIPFIT_E4M3>);
    case CHIPFIT_E5M2:
      return packed_as<std::uint8_t>(v, fp8_bits<CHIPFIT_E5M2>);
    case CHIPFIT_U8:
      return packed_as<std::uint8_t>(v, [](double x) { return static_cast<std::uint8_t>(x); });
    case CHIPFIT_I8:
      return packed_as<std::int8_t>(v, [](double x) { return static_cast<std::int8_t>(x); });
    default:
      return packed_as<std::int32_t>(v, [](double x) { return static_cast<std::int32_t>(x); });
  }
}

/// Computes the problem on random whole numbers and compares every element with the plain loops.
::testing::AssertionResult is_right(const LoadedPlugin& plugin, const chipfit_problem& p, std::mt19937& random) {
  const std::vector<double> in0 = whole_numbers(p.dtype_a, elements(p, 0), random);
  const std::vector<double> in1 = whole_numbers(p.dtype_b, elements(p, 1), random);
  const std::vector<double> before = whole_numbers(p.dtype_out, elements(p, 2), random);
  std::vector<double> expected(before.size(), 0.0);
  if (p.accumulate) expected = before;
  if (p.op == CHIPFIT_GEMM)
    naive_gemm(p.shape.gemm, in0, in1, expected);
  else
    naive_conv(p.op, p.layout == CHIPFIT_NHWC, p.shape.conv, in0, in1, expected);
  std::vector<char> got =
      plugin.compute(p, packed(p.dtype_a, in0), packed(p.dtype_b, in1), packed(p.dtype_out, before));
  const std::vector<char> want = packed(p.dtype_out, expected);
  const std::size_t size = want.size() / expected.size();
  for (std::size_t i = 0; i < expected.size(); ++i) {
    char* element = got.data() + i * size;
    // A zero may have either sign: the sign is the top bit of the last byte.
    if (expected[i] == 0 && p.dtype_out != CHIPFIT_I32 && element[size - 1] == '\x80') element[size - 1] = 0;
    if (std::memcmp(element, want.data() + i * size, size) != 0)
      return ::testing::AssertionFailure() << "element " << i << " of " << expected.size() << " is not " << expected[i];
  }
  return ::testing::AssertionSuccess();
}

std::string words(const chipfit_problem& p) {
  std::ostringstream text;
  text << "op " << p.op << " dtypes " << p.dtype_a << " " << p.dtype_b << " layout " << p.layout << " acc "
       << p.accumulate << ":";
  for (int i = 0; i < (p.op == CHIPFIT_GEMM ? 4 : 16); ++i) text << ' ' << p.shape.words[i];
  return text.str();
}

chipfit_conv_shape random_conv(std::mt19937& random) {
  const auto pick = [&](int low, int high) {
    return std::int64_t{std::uniform_int_distribution<int>(low, high)(random)};
  };
  chipfit_conv_shape f{};
  do {
    f.groups = pick(1, 4);
    f.n = pick(1, 3), f.c = f.groups * pick(1, 4), f.k = f.groups * pick(1, 4);
    f.h = pick(1, 9), f.w = pick(1, 9), f.r = pick(1, 4), f.s = pick(1, 4);
    f.pad_h = pick(0, 3), f.pad_w = pick(0, 3), f.stride_h = pick(1, 3), f.stride_w = pick(1, 3);
    f.dil_h = pick(1, 2), f.dil_w = pick(1, 2);
    if (pick(0, 3) == 0) f.r = f.s = 1, f.pad_h = f.pad_w = 0, f.stride_h = f.stride_w = 1;
    f.p = extent(f.h, f.r, f.pad_h, f.stride_h, f.dil_h), f.q = extent(f.w, f.s, f.pad_w, f.stride_w, f.dil_w);
  } while (f.p < 1 || f.q < 1);
  return f;
}

struct Backend {
  const char* name;
  const char* options;
  std::vector<Types> dtypes;       ///< everything that is asked here is computed
  std::vector<Types> partly = {};  ///< what is computed is right; some of it is refused
};
void PrintTo(const Backend& backend, std::ostream* out) {
  *out << backend.name;
}

class Backends : public ::testing::TestWithParam<Backend> {
 protected:
  void expect_right_or_partly_refused(const chipfit_problem& p) {
    const std::vector<Types>& partly = GetParam().partly;
    const auto is_this = [&](const Types& types) { return types.a == p.dtype_a; };
    if (std::any_of(partly.begin(), partly.end(), is_this) && plugin.asks(p) == CHIPFIT_UNSUPPORTED)
      EXPECT_NE(plugin.error(), "") << words(p);
    else
      EXPECT_TRUE(is_right(plugin, p, random)) << words(p);
  }
  static std::vector<Types> all_dtypes() {
    std::vector<Types> all = GetParam().dtypes;
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
  for (const Types types : all_dtypes())
    for (std::uint32_t bits = 0; bits < 16; ++bits) {
      std::uniform_int_distribution<int> size(1, 19);
      chipfit_problem p =
          gemm(types, size(random), size(random), size(random), bits & 4 ? 3 : 1, bits & 1, bits >> 1 & 1);
      p.accumulate = bits >> 3;
      expect_right_or_partly_refused(p);
    }
}

TEST_P(Backends, ConvolutionIsRightInEveryDirectionAndLayout) {
  for (const Types types : all_dtypes())
    for (int i = 0; i < 120; ++i) {
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
        const chipfit_problem p = conv(op, CHIPFIT_F32, layout, f);
        EXPECT_TRUE(is_right(plugin, p, random)) << words(p);
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
  const std::vector<Types> every_dtype = {CHIPFIT_F64,
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
  std::vector<Backend> all = {{"reference", "threads=2", every_dtype},
                              {"simulated", "rate_flop_per_s=1e12 overhead_s=1e-6", every_dtype}};
#ifdef CHIPFIT_HAS_OPENBLAS
  all.push_back({"openblas", "threads=2", {CHIPFIT_F32, CHIPFIT_F64}});
#endif
#ifdef CHIPFIT_HAS_ONEDNN
  all.push_back({"onednn", "threads=2", {CHIPFIT_F32}, {CHIPFIT_BF16, CHIPFIT_I8, CHIPFIT_U8}});
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

#ifdef CHIPFIT_HAS_OPENBLAS
TEST(OpenBlas, UnfoldsImagesThatAreLargerThanItsWorkspacePieceByPiece) {
  // 8 MiB of workspace hold 4 of the 11 output lines of an image.
  const LoadedPlugin plugin(path_of("openblas"), "threads=2");
  std::mt19937 random(1);
  const chipfit_conv_shape f{2, 48, 11, 400, 2, 5, 5, 0, 0, 2, 2, 1, 1, 1, 1, 1};
  for (const std::uint32_t layout : {CHIPFIT_NCHW, CHIPFIT_NHWC})
    for (std::uint32_t op = CHIPFIT_CONV_FWD; op <= CHIPFIT_CONV_BWD_WEIGHTS; ++op)
      EXPECT_TRUE(is_right(plugin, conv(op, CHIPFIT_F32, layout, f), random)) << op << " " << layout;
}

TEST(OpenBlas, NamesTheAlgorithmThatItUses) {
  const LoadedPlugin plugin(path_of("openblas"));
  const auto algorithm = [&](const chipfit_problem& p) {
    chipfit_kernel kernel = nullptr;
    EXPECT_EQ(plugin.table().prepare(plugin.device(), &p, &kernel), CHIPFIT_OK);
    const std::string name = plugin.table().algorithm(plugin.device(), kernel);
    plugin.table().release(plugin.device(), kernel);
    return name;
  };
  EXPECT_EQ(algorithm(gemm(CHIPFIT_F64, 3, 3, 3)), "dgemm");
  chipfit_conv_shape f{1, 4, 5, 5, 4, 3, 3, 0, 0, 1, 1, 1, 1, 1, 1, 1};
  EXPECT_EQ(algorithm(conv(CHIPFIT_CONV_FWD, CHIPFIT_F32, CHIPFIT_NHWC, f)), "im2col+sgemm");
  f.r = f.s = 1, f.pad_h = f.pad_w = 0;
  EXPECT_EQ(algorithm(conv(CHIPFIT_CONV_FWD, CHIPFIT_F32, CHIPFIT_NHWC, f)), "sgemm (1x1)");
  EXPECT_NE(std::string(plugin.table().version).find("OpenBLAS 0."), std::string::npos) << plugin.table().version;
}

TEST(OpenBlas, RefusesExtentsBeyond32Bits) {
  const LoadedPlugin plugin(path_of("openblas"));
  EXPECT_EQ(plugin.asks(gemm(CHIPFIT_F32, std::int64_t{1} << 31, 1, 1)), CHIPFIT_UNSUPPORTED);
}
#endif

#ifdef CHIPFIT_HAS_ONEDNN
std::string algorithm_of(const LoadedPlugin& plugin, const chipfit_problem& p) {
  chipfit_kernel kernel = nullptr;
  if (plugin.table().prepare(plugin.device(), &p, &kernel) != CHIPFIT_OK) return plugin.error();
  const std::string name = plugin.table().algorithm(plugin.device(), kernel);
  plugin.table().release(plugin.device(), kernel);
  return name;
}

TEST(OneDnn, NamesTheImplementationAndThatItReorders) {
  const LoadedPlugin plugin(path_of("onednn"), "threads=1");
  EXPECT_NE(std::string(plugin.table().version).find("oneDNN 2."), std::string::npos) << plugin.table().version;
  // Plain NHWC filters have reference code only: whatever is used wants them in another format.
  const chipfit_conv_shape f{1, 16, 8, 8, 16, 3, 3, 0, 0, 1, 1, 1, 1, 1, 1, 1};
  const std::string name = algorithm_of(plugin, conv(CHIPFIT_CONV_FWD, CHIPFIT_F32, CHIPFIT_NHWC, f));
  EXPECT_TRUE(name.size() > 8 && name.substr(name.size() - 8) == "+reorder") << name;
  EXPECT_NE(name.substr(0, 3), "ref");
}

TEST(OneDnn, RefusesWhatItHasNoImplementationFor) {
  const LoadedPlugin plugin(path_of("onednn"), "threads=1");
  EXPECT_EQ(plugin.asks(gemm(CHIPFIT_F64, 8, 8, 8)), CHIPFIT_UNSUPPORTED);
  EXPECT_NE(plugin.error().find("f64"), std::string::npos) << plugin.error();
  // Weights of bytes have no gradient.
  const chipfit_conv_shape f{1, 4, 5, 5, 4, 3, 3, 0, 0, 1, 1, 1, 1, 1, 1, 1};
  EXPECT_EQ(plugin.asks(conv(CHIPFIT_CONV_BWD_WEIGHTS, CHIPFIT_I8, CHIPFIT_NCHW, f)), CHIPFIT_UNSUPPORTED);
  EXPECT_NE(plugin.error(), "");
}

TEST(OneDnn, LongSumsOfBytesAreExactOrRefused) {
  const LoadedPlugin plugin(path_of("onednn"), "threads=2");
  // 127·127·3001 = 48403129 is odd and above 2^25: no f32 holds it.
  chipfit_problem p = gemm(CHIPFIT_I8, 2, 3, 3001);
  if (plugin.asks(p) == CHIPFIT_UNSUPPORTED) GTEST_SKIP() << plugin.error();
  const std::vector<char> got = plugin.compute(p, std::vector<char>(2 * 3001, 127), std::vector<char>(3 * 3001, 127),
                                               std::vector<char>(6 * sizeof(std::int32_t)));
  EXPECT_EQ(got, packed(CHIPFIT_I32, std::vector<double>(6, 48403129)));
  p.accumulate = 1;
  EXPECT_EQ(plugin.asks(p), CHIPFIT_UNSUPPORTED);
}

#if defined(__x86_64__)
TEST(OneDnn, ComputesNarrowTypesWhereTheCpuHasInstructionsForThem) {
  if (!__builtin_cpu_supports("avx512bf16") || !__builtin_cpu_supports("avx512vnni")) GTEST_SKIP() << "older CPU";
  const LoadedPlugin plugin(path_of("onednn"), "threads=2");
  std::mt19937 random(7);
  const chipfit_conv_shape f{2, 32, 9, 9, 32, 3, 3, 0, 0, 1, 1, 1, 1, 1, 1, 1};
  for (const std::uint32_t dtype : {CHIPFIT_BF16, CHIPFIT_I8}) {
    EXPECT_TRUE(is_right(plugin, gemm(dtype, 65, 66, 67, 1, 0, 1), random)) << dtype;
    for (const std::uint32_t layout : {CHIPFIT_NCHW, CHIPFIT_NHWC})
      EXPECT_TRUE(is_right(plugin, conv(CHIPFIT_CONV_FWD, dtype, layout, f), random)) << dtype << " " << layout;
  }
  chipfit_problem wide = gemm(CHIPFIT_BF16, 33, 34, 35);
  wide.dtype_out = CHIPFIT_F32;
  EXPECT_TRUE(is_right(plugin, wide, random));
}
#endif
#endif

#ifdef CHIPFIT_CUDA_PLUGINS
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
    plugin.emplace(path_of(GetParam()));
  }
  void expect_right_or_refused_with_a_reason(const chipfit_problem& p) {
    if (plugin->asks(p) == CHIPFIT_UNSUPPORTED)
      EXPECT_NE(plugin->error(), "") << words(p);
    else
      EXPECT_TRUE(is_right(*plugin, p, random)) << words(p);
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
  for (const std::uint32_t dtype : {CHIPFIT_F64, CHIPFIT_F32, CHIPFIT_F16, CHIPFIT_BF16, CHIPFIT_I8})
    for (std::uint32_t bits = 0; bits < 16; ++bits) {
      std::uniform_int_distribution<int> size(1, 10);
      chipfit_problem p =
          gemm(dtype, 4 * size(random), 4 * size(random), 4 * size(random), bits & 4 ? 3 : 1, bits & 1, bits >> 1 & 1);
      p.accumulate = bits >> 3;
      expect_right_or_refused_with_a_reason(p);
    }
}

// Several tiles each way, of operands that the copy engine takes and of ones that it does not; sums that are split.
TEST_P(CudaDevice, ProductsOfMoreThanOneTileAreRight) {
  for (const std::uint32_t dtype : {CHIPFIT_F64, CHIPFIT_F32, CHIPFIT_F16, CHIPFIT_BF16, CHIPFIT_I8})
    for (std::uint32_t transposes = 0; transposes < 4; ++transposes) {
      expect_right_or_refused_with_a_reason(gemm(dtype, 272, 528, 208, 2, transposes & 1, transposes >> 1));
      expect_right_or_refused_with_a_reason(gemm(dtype, 131, 267, 77, 1, transposes & 1, transposes >> 1));
      expect_right_or_refused_with_a_reason(gemm(dtype, 16, 128, 4096, 1, transposes & 1, transposes >> 1));
    }
}

TEST_P(CudaDevice, ConvolutionsInEveryDirectionAndLayoutAreRight) {
  for (const std::uint32_t dtype : {CHIPFIT_F64, CHIPFIT_F32, CHIPFIT_F16, CHIPFIT_BF16, CHIPFIT_I8})
    for (std::uint32_t i = 0; i < 24; ++i) {
      chipfit_problem p =
          conv(CHIPFIT_CONV_FWD + i % 3, dtype, i / 3 % 2 ? CHIPFIT_NHWC : CHIPFIT_NCHW, random_conv(random));
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
#endif

}  // namespace
}  // namespace chipfit::test
