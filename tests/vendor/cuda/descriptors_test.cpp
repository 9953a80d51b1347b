// The libraries' own answers to what this backend asks them, without a device: descriptors need none, and cuDNN plans
// for a device that is described to it.
#include <gmock/gmock.h>

#include "backends/cuda/conv_graph.hpp"
#include "backends/cuda/product.hpp"
#include "tests/vendor/cuda/problems.hpp"

namespace chipfit::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
constexpr int kHopper = 90;

/// An H100 SXM as cuDNN describes devices to itself; figures of the data sheet and of CUDA's occupancy tables.
constexpr const char* kH100 = R"({"deviceName": "NVIDIA H100 80GB HBM3", "deviceVer": 900, "driverVer": 13000,
  "cudaDeviceId": 0, "pciDeviceId": 9008, "isTccDriver": 0, "supportCoopLaunch": 1, "multiProcessorCount": 132,
  "smClockRateKHz": 1980000, "memClockRateKHz": 2619000, "totalGlobalMem": 85014544384, "l2CacheSize": 52428800,
  "warpSize": 32, "regsPerBlock": 65536, "maxRegistersPerSM": 65536, "maxThreadsPerBlock": 1024,
  "maxThreadsPerSM": 2048, "maxCtasPerSM": 32, "maxSharedMemoryPerBlock": 49152,
  "maxSharedMemoryPerBlockOptin": 232448, "reservedSharedMemoryPerBlock": 1024,
  "maxGridSize": [2147483647, 65535, 65535], "maxBlockSize": [1024, 1024, 64]})";

TEST(CublasLtDescriptors, AreAcceptedForEveryTypeAndTranspose) {
  const cuda::CublasLt lt = cuda::CublasLt::load(13000, {CHIPFIT_CUDA_LIBRARY_DIR});
  EXPECT_THAT(lt.version_text(), HasSubstr("cuBLASLt 1"));
  struct Types {
    chipfit_dtype in, acc, out;
  };
  for (const Types& t : {Types{CHIPFIT_F64, CHIPFIT_F64, CHIPFIT_F64}, Types{CHIPFIT_F32, CHIPFIT_F32, CHIPFIT_F32},
                         Types{CHIPFIT_F16, CHIPFIT_F32, CHIPFIT_F16}, Types{CHIPFIT_BF16, CHIPFIT_F32, CHIPFIT_F32},
                         Types{CHIPFIT_I8, CHIPFIT_I32, CHIPFIT_I32}, Types{CHIPFIT_E4M3, CHIPFIT_F32, CHIPFIT_BF16}})
    for (std::uint32_t bits = 0; bits < 8; ++bits) {
      const auto p = gemm_of(t.in, t.acc, t.out, {48, 64, 80, bits & 4 ? 3 : 1, bits & 1, bits >> 1 & 1});
      if (t.in == CHIPFIT_E4M3 && (bits & 3) != 2) continue;  // refused, as another test says
      const cuda::Product product(lt, cuda::describe_gemm(p, kHopper), cuda::Fp8Accumulation::full);
      EXPECT_TRUE(product.operation && product.first && product.second && product.out);
    }
  EXPECT_TRUE(cuda::preference(lt, 64 << 20, 256));
}

TEST(CublasLtDescriptors, ScalesAreOneAndZeroInTheirType) {
  EXPECT_EQ(cuda::scalar(CUDA_R_64F, true).f64, 1.0);
  EXPECT_EQ(cuda::scalar(CUDA_R_32F, true).f32, 1.0f);
  EXPECT_EQ(cuda::scalar(CUDA_R_32I, true).i32, 1);
  EXPECT_EQ(cuda::scalar(CUDA_R_16F, true).f16, 0x3c00);
  EXPECT_EQ(cuda::scalar(CUDA_R_64F, false).f64, 0.0);
}

class CudnnPlans : public ::testing::Test {
 protected:
  const cuda::Cudnn dnn = *cuda::Cudnn::load({CHIPFIT_CUDA_LIBRARY_DIR});
  const cuda::Descriptor device = cuda::described_device(dnn, kH100);
  const cuda::ConvTarget target{nullptr, device.get()};

  struct Answer {
    cuda::Engines engines;
    std::size_t plans = 0;  ///< of the first 10 engines
    std::string fault;
  };
  Answer ask(const chipfit_problem& p) const {
    const auto description = cuda::describe_conv(p, kHopper);
    const cuda::ConvGraph graph(dnn, description, target);
    Answer answer{cuda::engines_for(dnn, graph, description, target), 0, ""};
    for (std::size_t i = 0; i < std::min<std::size_t>(10, answer.engines.usable.size()); ++i) {
      const std::string why = refusal([&] { cuda::make_plan(dnn, answer.engines.usable[i], target); });
      answer.plans += why.empty();
      if (!why.empty()) answer.fault = why;
    }
    return answer;
  }
};

const chipfit_conv_shape kLayer{8, 64, 28, 28, 64, 3, 3, 0, 0, 1, 1, 1, 1, 1, 1, 1};

TEST_F(CudnnPlans, ExistForEveryDirectionLayoutAndType) {
  struct Types {
    chipfit_dtype in, acc;
  };
  for (const Types& t : {Types{CHIPFIT_F64, CHIPFIT_F64}, Types{CHIPFIT_F32, CHIPFIT_F32},
                         Types{CHIPFIT_F16, CHIPFIT_F32}, Types{CHIPFIT_BF16, CHIPFIT_F32}})
    for (std::uint32_t op = CHIPFIT_CONV_FWD; op <= CHIPFIT_CONV_BWD_WEIGHTS; ++op)
      for (const std::uint32_t layout : {CHIPFIT_NCHW, CHIPFIT_NHWC})
        EXPECT_GT(ask(conv_of(op, t.in, t.acc, t.in, layout, kLayer)).plans, 0u) << op << " " << t.in << " " << layout;
}

TEST_F(CudnnPlans, ExistForStridesDilationGroupsAndDepthwise) {
  for (const chipfit_conv_shape& f : {chipfit_conv_shape{4, 64, 29, 31, 96, 5, 3, 0, 0, 2, 1, 2, 3, 1, 1, 1},
                                      chipfit_conv_shape{4, 64, 33, 33, 64, 3, 3, 0, 0, 2, 2, 1, 1, 2, 2, 1},
                                      chipfit_conv_shape{4, 64, 28, 28, 128, 3, 3, 0, 0, 1, 1, 1, 1, 1, 1, 4},
                                      chipfit_conv_shape{4, 64, 28, 28, 64, 3, 3, 0, 0, 1, 1, 1, 1, 1, 1, 64}})
    for (std::uint32_t op = CHIPFIT_CONV_FWD; op <= CHIPFIT_CONV_BWD_WEIGHTS; ++op) {
      const Answer answer = ask(conv_of(op, CHIPFIT_BF16, CHIPFIT_F32, CHIPFIT_BF16, CHIPFIT_NHWC, f));
      EXPECT_GT(answer.plans, 0u) << op << ", groups " << f.groups << ": " << answer.fault;
    }
}

TEST_F(CudnnPlans, ExistForResultsThatAreAdded) {
  chipfit_problem p = conv_of(CHIPFIT_CONV_FWD, CHIPFIT_BF16, CHIPFIT_F32, CHIPFIT_BF16, CHIPFIT_NHWC, kLayer);
  p.accumulate = 1;
  EXPECT_GT(ask(p).plans, 0u);
}

TEST_F(CudnnPlans, OfStrictF32LeaveOutTheTensorCoresThatTf32Uses) {
  chipfit_problem p = conv_of(CHIPFIT_CONV_FWD, CHIPFIT_F32, CHIPFIT_F32, CHIPFIT_F32, CHIPFIT_NHWC, kLayer);
  const Answer strict = ask(p);
  EXPECT_THAT(strict.engines.refused, HasSubstr("tf32"));
  p.math = CHIPFIT_TF32;
  const Answer tf32 = ask(p);
  EXPECT_GT(tf32.engines.usable.size(), strict.engines.usable.size());
  EXPECT_NE(tf32.engines.usable[0].name, strict.engines.usable[0].name);
}

TEST_F(CudnnPlans, OfBytesExistInNhwc) {
  const Answer nhwc = ask(conv_of(CHIPFIT_CONV_FWD, CHIPFIT_I8, CHIPFIT_I32, CHIPFIT_I32, CHIPFIT_NHWC, kLayer));
  EXPECT_GT(nhwc.plans, 0u) << nhwc.fault;
}

TEST_F(CudnnPlans, NameTheirEngineAndKnobsOnce) {
  const Answer answer = ask(conv_of(CHIPFIT_CONV_FWD, CHIPFIT_BF16, CHIPFIT_F32, CHIPFIT_BF16, CHIPFIT_NHWC, kLayer));
  std::vector<std::string> names;
  for (const auto& engine : answer.engines.usable) names.push_back(engine.name);
  EXPECT_THAT(names[0], ::testing::MatchesRegex("eng [0-9]+( k[0-9]+=[0-9-]+)+"));
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end()) << "twice";
}

TEST_F(CudnnPlans, AWrongExtentIsAnError) {
  chipfit_problem p = conv_of(CHIPFIT_CONV_FWD, CHIPFIT_F32, CHIPFIT_F32, CHIPFIT_F32, CHIPFIT_NHWC, kLayer);
  p.shape.conv.p += 1;
  EXPECT_THROW(ask(p), chipfit::plugin::Failure);
}

TEST(CudnnVariantPack, OperandsOfEachDirectionStandAtTheirTensor) {
  int in0, in1, out;
  const auto fwd = cuda::addresses(CHIPFIT_CONV_FWD, &in0, &in1, &out, nullptr);
  EXPECT_TRUE(fwd.x == &in0 && fwd.w == &in1 && fwd.y == &out);
  const auto data = cuda::addresses(CHIPFIT_CONV_BWD_DATA, &in0, &in1, &out, nullptr);
  EXPECT_TRUE(data.y == &in0 && data.w == &in1 && data.x == &out);
  const auto weights = cuda::addresses(CHIPFIT_CONV_BWD_WEIGHTS, &in0, &in1, &out, nullptr);
  EXPECT_TRUE(weights.x == &in0 && weights.y == &in1 && weights.w == &out);
}

}  // namespace
}  // namespace chipfit::test
