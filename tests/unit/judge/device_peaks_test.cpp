#include "harness/judge/device_peaks.hpp"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <fstream>

#include "kernels/problem/case_id.hpp"

namespace chipfit::judge {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr const char* header = "device_uid,chip,quantity,input,accumulator,math,method,value,unit\n";

class DevicePeaks : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "chipfit-peaks-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder = pattern;
  }
  void TearDown() override { fs::remove_all(folder); }
  Result<std::vector<DevicePeak>> read(const std::string& text) {
    std::ofstream(folder / "peaks.csv") << text;
    return read_device_peaks(folder / "peaks.csv");
  }
  fs::path folder;
};

TEST_F(DevicePeaks, AFileThatIsNotThereOrIsSomethingElseIsAnError) {
  EXPECT_FALSE(read_device_peaks(folder / "none.csv"));
  EXPECT_THAT(read("").error().what, HasSubstr("empty"));
  EXPECT_THAT(read("a,b\n").error().hint, HasSubstr("chipfit-cuda-peak"));
  const auto no_rate = read(std::string(header) + "GPU-1,H200,peak,bf16,f32,strict,wgmma,fast,FLOP/s\n");
  ASSERT_FALSE(no_rate);
  EXPECT_THAT(no_rate.error().where, HasSubstr("peaks.csv:2:"));
}

TEST_F(DevicePeaks, TheLargestOfADevicesMethodsForTheTypesAndMathCounts) {
  const auto peaks = read(std::string(header) +
                          "GPU-1,H200,peak,bf16,f32,strict,mma.sync,6e14,FLOP/s\n"
                          "GPU-1,H200,peak,bf16,f32,strict,wgmma,9e14,FLOP/s\n"
                          "GPU-2,H200,peak,bf16,f32,strict,wgmma,9.5e14,FLOP/s\n"
                          "GPU-1,H200,peak,f32,f32,tf32,wgmma,4e14,FLOP/s\n"
                          "GPU-1,H200,memory,,,,copy,4.3e12,byte/s\n");
  ASSERT_TRUE(peaks) << peaks.error().what;
  const auto peak = [&](const char* id) { return measured_peak(*peaks, "GPU-1", *parse_case_id(id)); };
  EXPECT_EQ(peak("gemm:bf16:NN:64x64x64"), 9e14);
  EXPECT_EQ(peak("conv_fwd:bf16:nhwc:n1c8h8w8:k8r3s3"), 9e14);
  EXPECT_EQ(peak("gemm:f32:NN:64x64x64:tf32"), 4e14);
  EXPECT_EQ(peak("gemm:f32:NN:64x64x64"), 0);
  EXPECT_EQ(for_manifest((*peaks)[3]).what, "f32:tf32");
  EXPECT_EQ(for_manifest((*peaks)[4]).unit, "byte/s");
}

}  // namespace
}  // namespace chipfit::judge
