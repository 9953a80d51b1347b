// Finding libraries at run time, and what is said of devices without asking one.
#include "backends/common/cuda/library.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <fstream>
#include <limits>

#include "backends/common/cuda/device_facts.hpp"
#include "backends/common/cuda/peaks.hpp"
#include "backends/common/cuda/random_data.hpp"
#include "backends/common/cuda/trial.hpp"
#include "backends/cuda/cublaslt.hpp"
#include "tests/vendor/cuda/problems.hpp"

namespace chipfit::test {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class CudaLibraries : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "chipfit-cuda-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    root = pattern;
  }
  void TearDown() override { fs::remove_all(root); }
  fs::path root;
};

TEST_F(CudaLibraries, WheelsAreLookedThroughInTheirFolders) {
  const fs::path site = root / "lib/python3.11/site-packages";
  fs::create_directories(site / "nvidia/cudnn/lib");
  fs::create_directories(site / "nvidia/cublas/lib");
  fs::create_directories(root / "lib/python2.7/site-packages");
  EXPECT_THAT(cuda::site_packages(root), ElementsAre(site));
  const auto folders = cuda::library_folders({site});
  ASSERT_GE(folders.size(), 3u);
  EXPECT_EQ(folders[0], site);
  EXPECT_EQ(folders[1], site / "nvidia/cublas/lib");
  EXPECT_EQ(folders[2], site / "nvidia/cudnn/lib");
}

TEST_F(CudaLibraries, WhatIsNotThereIsNotLookedIn) {
  EXPECT_THAT(cuda::site_packages(""), IsEmpty());
  EXPECT_THAT(cuda::site_packages(root / "missing"), IsEmpty());
  for (const fs::path& folder : cuda::library_folders({root / "missing"})) EXPECT_NE(folder, root / "missing");
  EXPECT_THAT(cuda::split_path("relative:/a::/b:"), ElementsAre("/a", "/b"));
}

TEST_F(CudaLibraries, AFileThatIsNoLibraryIsPassedOver) {
  std::ofstream(root / "libchipfit-none.so.1") << "text";
  EXPECT_FALSE(cuda::open_first({"libchipfit-none.so.1"}, {root}));
}

TEST_F(CudaLibraries, AMissingFunctionIsNamed) {
  const auto math = cuda::open_first({"libm.so.6"}, {});
  ASSERT_TRUE(math);
  EXPECT_NE(cuda::symbol(*math, "cos"), nullptr);
  try {
    cuda::symbol(*math, "cuInit");
    FAIL() << "libm has no cuInit";
  } catch (const chipfit::plugin::Failure& failure) {
    EXPECT_EQ(failure.status(), CHIPFIT_UNAVAILABLE);
    EXPECT_STREQ(failure.what(), "libm.so.6 has no cuInit: it is too old");
  }
}

TEST(CudaVersions, ALibraryNewerThanTheDriverIsNotTried) {
  EXPECT_THAT(cuda::cublaslt_names(12080), ElementsAre("libcublasLt.so.12"));
  EXPECT_THAT(cuda::cublaslt_names(13000), ElementsAre("libcublasLt.so.13", "libcublasLt.so.12"));
}

TEST(CudaVersions, NumbersAreReadAsTheLibrariesWriteThem) {
  EXPECT_EQ(cuda::version_of_number(130100), "13.1.0");
  EXPECT_EQ(cuda::version_of_number(120804), "12.8.4");
  EXPECT_EQ(cuda::version_of_number(91900), "9.19.0");
  EXPECT_EQ(cuda::kernel_module_version(
                "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build  (dvs)"),
            "580.65.06");
  EXPECT_EQ(cuda::kernel_module_version(""), "");
}

TEST(CudaVersions, AUuidReadsAsTheVendorsToolsWriteIt) {
  const unsigned char bytes[16] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0, 1, 2, 3, 4, 5, 6, 0xff};
  EXPECT_EQ(cuda::uuid_text(bytes), "GPU-01234567-89ab-cdef-0001-0203040506ff");
}

TEST(CudaStatus, ALostContextIsADeviceLostAndMissingMemoryATooBig) {
  EXPECT_EQ(cuda::status_of(CUDA_ERROR_ILLEGAL_ADDRESS), CHIPFIT_DEVICE_LOST);
  EXPECT_EQ(cuda::status_of(CUDA_ERROR_ECC_UNCORRECTABLE), CHIPFIT_DEVICE_LOST);
  EXPECT_EQ(cuda::status_of(CUDA_ERROR_OUT_OF_MEMORY), CHIPFIT_OUT_OF_MEMORY);
  EXPECT_EQ(cuda::status_of(CUDA_ERROR_NO_DEVICE), CHIPFIT_UNAVAILABLE);
  EXPECT_EQ(cuda::status_of(CUDA_ERROR_INVALID_VALUE), CHIPFIT_INTERNAL);
  EXPECT_EQ(cuda::status_of(CUBLAS_STATUS_NOT_SUPPORTED), CHIPFIT_UNSUPPORTED);
  EXPECT_EQ(cuda::status_of(CUBLAS_STATUS_EXECUTION_FAILED), CHIPFIT_DEVICE_LOST);
}

double claimed(std::string_view device, std::uint32_t in, std::uint32_t math) {
  for (const chipfit_peak& peak : cuda::claims_for(device).peaks)
    if (peak.dtype_in == in && peak.math == math) return peak.flop_per_s;
  return 0;
}

TEST(CudaPeaks, AreDenseAndOfTheRightProduct) {
  EXPECT_DOUBLE_EQ(claimed("NVIDIA H100 80GB HBM3", CHIPFIT_BF16, CHIPFIT_STRICT), 989.4e12);
  EXPECT_DOUBLE_EQ(claimed("NVIDIA H100 PCIe", CHIPFIT_BF16, CHIPFIT_STRICT), 756e12);
  EXPECT_DOUBLE_EQ(claimed("NVIDIA H200", CHIPFIT_F32, CHIPFIT_TF32), 494.7e12);
  EXPECT_DOUBLE_EQ(cuda::claims_for("NVIDIA H200").memory_byte_per_s, 4.8e12);
  EXPECT_DOUBLE_EQ(claimed("NVIDIA A100-SXM4-80GB", CHIPFIT_I8, CHIPFIT_STRICT), 624e12);
  EXPECT_DOUBLE_EQ(claimed("NVIDIA A100-SXM4-80GB", CHIPFIT_E4M3, CHIPFIT_STRICT), 0);  // has no fp8
}

TEST(CudaPeaks, NothingIsClaimedForADeviceThatIsNotInTheTable) {
  EXPECT_THAT(cuda::claims_for("NVIDIA L40").peaks, IsEmpty());  // no L4
  EXPECT_THAT(cuda::claims_for("NVIDIA GeForce RTX 4090").peaks, IsEmpty());
  EXPECT_THAT(cuda::claims_for("NVIDIA H100 80GB HBM3 MIG 1g.10gb").peaks, IsEmpty());
  EXPECT_THAT(cuda::claims_for("").peaks, IsEmpty());
}

TEST(CudaPeaks, FitIntoADeviceInfo) {
  EXPECT_LE(cuda::claims_for("NVIDIA H200").peaks.size(), std::size_t{CHIPFIT_MAX_PEAKS});
}

TEST(CudaTrial, TheEarlierOfTwoThatAreEquallyFastIsTaken) {
  constexpr double never = std::numeric_limits<double>::infinity();
  EXPECT_EQ(cuda::shortest({1.00, 0.98, 1.2}), 0u);
  EXPECT_EQ(cuda::shortest({1.00, 0.90, 0.89}), 1u);
  EXPECT_EQ(cuda::shortest({never, 2.0, never}), 1u);
  EXPECT_EQ(cuda::shortest({never, never}), std::nullopt);
  EXPECT_EQ(cuda::shortest({}), std::nullopt);
}

TEST(CudaTrial, NarrowTypesAreCutCorrectly) {
  EXPECT_EQ(cuda::narrowed(1.0f, 5, 10), 0x3c00);  // f16
  EXPECT_EQ(cuda::narrowed(-0.5f, 5, 10), 0xb800);
  EXPECT_EQ(cuda::narrowed(1.0f, 8, 7), 0x3f80);  // bf16
  EXPECT_EQ(cuda::narrowed(1.0f, 4, 3), 0x38);    // e4m3
  EXPECT_EQ(cuda::narrowed(-1.75f, 4, 3), 0xbe);
  EXPECT_EQ(cuda::narrowed(1.0f, 5, 2), 0x3c);    // e5m2
  EXPECT_EQ(cuda::narrowed(-1e-6f, 4, 3), 0x80);  // too small: minus zero
}

TEST(CudaTrial, RandomHalvesAreFiniteAndSpread) {
  const auto bytes = cuda::random_elements(CHIPFIT_E4M3, 4096);
  ASSERT_EQ(bytes.size(), 4096u);
  int negative = 0;
  for (const std::byte b : bytes) {
    EXPECT_LE(std::to_integer<int>(b & std::byte{0x7f}), 0x38) << "larger than 1";
    negative += (b & std::byte{0x80}) != std::byte{0};
  }
  EXPECT_NEAR(negative, 2048, 200);  // 6 standard deviations
}

TEST(CudaTrial, ElementsOfEachOperandByDirection) {
  const chipfit_conv_shape f{2, 6, 7, 5, 4, 3, 2, 0, 0, 1, 0, 2, 1, 1, 2, 2};  // y is 2 × 4 × 4 × 3
  const auto elements = [&](std::uint32_t op) {
    return cuda::elements_of(conv_of(op, CHIPFIT_F32, CHIPFIT_F32, CHIPFIT_F32, CHIPFIT_NHWC, f));
  };
  EXPECT_THAT(elements(CHIPFIT_CONV_FWD), ElementsAre(420, 72, 96));
  EXPECT_THAT(elements(CHIPFIT_CONV_BWD_DATA), ElementsAre(96, 72, 420));
  EXPECT_THAT(elements(CHIPFIT_CONV_BWD_WEIGHTS), ElementsAre(420, 96, 72));
  EXPECT_THAT(cuda::elements_of(gemm_of(CHIPFIT_F32, CHIPFIT_F32, CHIPFIT_F32, {2, 3, 4, 5, 0, 0})),
              ElementsAre(40, 60, 30));
}

}  // namespace
}  // namespace chipfit::test
