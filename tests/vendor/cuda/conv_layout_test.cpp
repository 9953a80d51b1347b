// Convolutions as cuDNN is asked for them.
#include "backends/cuda/conv_layout.hpp"

#include <gmock/gmock.h>

#include "tests/vendor/cuda/problems.hpp"
#include "tests/vendor/naive.hpp"

namespace chipfit::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
constexpr int kHopper = 90;
const chipfit_conv_shape kShape{2, 6, 7, 5, 4, 3, 2, 0, 0, 1, 0, 2, 1, 1, 2, 2};  // 2 groups, strided, dilated

/// The cross-correlation that cuDNN's documentation defines on extents and strides, in plain loops.
void as_documented(const cuda::ConvDescription& d, const std::vector<double>& x, const std::vector<double>& w,
                   std::vector<double>& y) {
  const auto at = [](const cuda::Tensor& t, std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t e) {
    return static_cast<std::size_t>(a * t.strides[0] + b * t.strides[1] + c * t.strides[2] + e * t.strides[3]);
  };
  const std::int64_t groups = d.x.extents[1] / d.w.extents[1], filters = d.y.extents[1] / groups;
  for (std::int64_t n = 0; n < d.y.extents[0]; ++n)
    for (std::int64_t k = 0; k < d.y.extents[1]; ++k)
      for (std::int64_t p = 0; p < d.y.extents[2]; ++p)
        for (std::int64_t q = 0; q < d.y.extents[3]; ++q)
          for (std::int64_t c = 0; c < d.w.extents[1]; ++c)
            for (std::int64_t r = 0; r < d.w.extents[2]; ++r)
              for (std::int64_t s = 0; s < d.w.extents[3]; ++s) {
                const std::int64_t h = p * d.stride[0] - d.padding[0] + r * d.dilation[0];
                const std::int64_t v = q * d.stride[1] - d.padding[1] + s * d.dilation[1];
                if (h < 0 || h >= d.x.extents[2] || v < 0 || v >= d.x.extents[3]) continue;
                y.at(at(d.y, n, k, p, q)) +=
                    x.at(at(d.x, n, k / filters * d.w.extents[1] + c, h, v)) * w.at(at(d.w, k, c, r, s));
              }
}

TEST(CudaConvLayout, ExtentsAndStridesAreTheHarnessesStorage) {
  for (const std::uint32_t layout : {CHIPFIT_NCHW, CHIPFIT_NHWC}) {
    const auto p = conv_of(CHIPFIT_CONV_FWD, CHIPFIT_F32, CHIPFIT_F32, CHIPFIT_F32, layout, kShape);
    const chipfit_conv_shape& f = p.shape.conv;
    const auto filled = [](std::int64_t n, int step) {
      std::vector<double> data(static_cast<std::size_t>(n));
      for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<double>(static_cast<int>(i) * step % 13 - 6);
      return data;
    };
    const auto x = filled(f.n * f.c * f.h * f.w, 5), w = filled(f.k * f.c / f.groups * f.r * f.s, 7);
    std::vector<double> expected(static_cast<std::size_t>(f.n * f.k * f.p * f.q)), got(expected.size());
    naive_conv(CHIPFIT_CONV_FWD, layout == CHIPFIT_NHWC, f, x, w, expected);
    as_documented(cuda::describe_conv(p, kHopper), x, w, got);
    EXPECT_EQ(got, expected) << "layout " << layout;
  }
}

TEST(CudaConvLayout, FiltersHaveTheChannelsOfOneGroup) {
  const auto d = cuda::describe_conv(
      conv_of(CHIPFIT_CONV_FWD, CHIPFIT_F32, CHIPFIT_F32, CHIPFIT_F32, CHIPFIT_NHWC, kShape), kHopper);
  EXPECT_THAT(d.w.extents, ElementsAre(4, 3, 3, 2));
  EXPECT_THAT(d.w.strides, ElementsAre(18, 1, 6, 3));
  EXPECT_THAT(d.x.strides, ElementsAre(210, 1, 30, 6));
}

TEST(CudaConvLayout, TheOutputTypeBelongsToWhatIsWritten) {
  const auto p = conv_of(CHIPFIT_CONV_FWD, CHIPFIT_I8, CHIPFIT_I32, CHIPFIT_I32, CHIPFIT_NHWC, kShape);
  const auto d = cuda::describe_conv(p, kHopper);
  EXPECT_EQ(d.x.type, CUDNN_DATA_INT8);
  EXPECT_EQ(d.w.type, CUDNN_DATA_INT8);
  EXPECT_EQ(d.y.type, CUDNN_DATA_INT32);
  EXPECT_EQ(d.compute, CUDNN_DATA_INT32);
}

TEST(CudaConvLayout, RefusalsSayWhy) {
  const auto why = [](std::uint32_t op, std::uint32_t in, std::uint32_t acc, std::uint32_t out, std::uint32_t layout) {
    return refusal([&] { cuda::describe_conv(conv_of(op, in, acc, out, layout, kShape), kHopper); });
  };
  EXPECT_THAT(why(CHIPFIT_CONV_BWD_DATA, CHIPFIT_I8, CHIPFIT_I32, CHIPFIT_I32, CHIPFIT_NHWC),
              HasSubstr("forward only"));
  EXPECT_THAT(why(CHIPFIT_CONV_FWD, CHIPFIT_E4M3, CHIPFIT_F32, CHIPFIT_BF16, CHIPFIT_NHWC),
              HasSubstr("e4m3·e4m3 → bf16"));
  EXPECT_THAT(why(CHIPFIT_CONV_FWD, CHIPFIT_BF16, CHIPFIT_F32, CHIPFIT_F32, CHIPFIT_NHWC),
              HasSubstr("bf16·bf16 → f32"));
  EXPECT_THAT(why(CHIPFIT_CONV_FWD, CHIPFIT_F32, CHIPFIT_F32, CHIPFIT_F32, 7), HasSubstr("NCHW or NHWC"));
}

using Notes = std::vector<cudnnBackendNumericalNote_t>;
using Behavior = std::vector<cudnnBackendBehaviorNote_t>;

TEST(CudaConvEngines, StrictF32NeverMeetsTensorCores) {
  const Notes tensor_cores = {CUDNN_NUMERICAL_NOTE_TENSOR_CORE};
  EXPECT_THAT(cuda::fault_of(cuda::Exactness::full, true, tensor_cores, {}), HasSubstr("tf32"));
  EXPECT_EQ(cuda::fault_of(cuda::Exactness::tf32_products, true, tensor_cores, {}), nullptr);
  EXPECT_EQ(cuda::fault_of(cuda::Exactness::full, false, tensor_cores, {}), nullptr);
}

TEST(CudaConvEngines, InexactTransformsAndNarrowSumsAreRefused) {
  EXPECT_NE(cuda::fault_of(cuda::Exactness::tf32_products, true, {CUDNN_NUMERICAL_NOTE_FFT}, {}), nullptr);
  EXPECT_NE(cuda::fault_of(cuda::Exactness::full, false, {CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_6x6}, {}), nullptr);
  EXPECT_NE(cuda::fault_of(cuda::Exactness::tf32_products, true, {CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS}, {}),
            nullptr);
  const Notes narrow_sums = {CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION};
  EXPECT_NE(cuda::fault_of(cuda::Exactness::full, false, narrow_sums, {}), nullptr);
  EXPECT_EQ(cuda::fault_of(cuda::Exactness::narrow_sums, false, narrow_sums, {}), nullptr);
}

TEST(CudaConvEngines, FiltersInAnOrderOfTheLibrarysOwnAreRefused) {
  EXPECT_NE(cuda::fault_of(cuda::Exactness::full, false, {}, {CUDNN_BEHAVIOR_NOTE_REQUIRES_FILTER_INT8x32_REORDER}),
            nullptr);
  EXPECT_EQ(cuda::fault_of(cuda::Exactness::full, false, {}, {CUDNN_BEHAVIOR_NOTE_RUNTIME_COMPILATION}), nullptr);
}

}  // namespace
}  // namespace chipfit::test
