#include "harness/sandbox/environment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chipfit::sandbox {
namespace {

using testing::UnorderedElementsAre;

TEST(WorkerEnvironment, HoldsTheAllowListAndNothingElse) {
  const char* from[] = {"PATH=/bin",  "LANG=C",          "LC_ALL=C", "LD_LIBRARY_PATH=/x", "TZ=UTC",    "HOME=/root",
                        "SECRET=key", "LD_PRELOAD=e.so", "PATHX=1",  "OMP_NUM_THREADS=1",  "MALFORMED", nullptr};
  EXPECT_THAT(worker_environment("/scratch", {}, from),
              UnorderedElementsAre("HOME=/scratch", "TMPDIR=/scratch", "PATH=/bin", "LANG=C", "LC_ALL=C",
                                   "LD_LIBRARY_PATH=/x", "TZ=UTC"));
}

TEST(WorkerEnvironment, NamedVariablesArePassedUnlessForbidden) {
  const char* from[] = {"CUDA_VISIBLE_DEVICES=1", "NVIDIA_TF32_OVERRIDE=1", "LD_PRELOAD=evil.so", nullptr};
  const std::vector<std::string> names = {"CUDA_VISIBLE_DEVICES", "NVIDIA_TF32_OVERRIDE", "LD_PRELOAD", "ABSENT"};
  EXPECT_THAT(worker_environment("/s", names, from),
              UnorderedElementsAre("HOME=/s", "TMPDIR=/s", "CUDA_VISIBLE_DEVICES=1"));
}

TEST(WorkerEnvironment, AnEmptyOneIsFine) {
  const char* from[] = {nullptr};
  EXPECT_THAT(worker_environment("/s", {}, from), UnorderedElementsAre("HOME=/s", "TMPDIR=/s"));
}

class Forbidden : public testing::TestWithParam<const char*> {};
TEST_P(Forbidden, ChangesPrecisionThreadsOrCode) {
  EXPECT_TRUE(is_forbidden(GetParam()));
}
INSTANTIATE_TEST_SUITE_P(All, Forbidden,
                         testing::Values("NVIDIA_TF32_OVERRIDE", "CUBLAS_EMULATE_SINGLE_PRECISION",
                                         "ONEDNN_DEFAULT_FPMATH_MODE", "MKL_BLAS_COMPUTE_MODE", "OMP_NUM_THREADS",
                                         "OPENBLAS_CORETYPE", "GOTO_NUM_THREADS", "LD_PRELOAD", "LD_AUDIT"));

TEST(Allowed, LibraryPathAndVendorSwitchesMayBeNamed) {
  EXPECT_FALSE(is_forbidden("LD_LIBRARY_PATH"));
  EXPECT_FALSE(is_forbidden("CUDA_VISIBLE_DEVICES"));
  EXPECT_FALSE(is_forbidden("OMPI_COMM_WORLD_RANK"));
}

}  // namespace
}  // namespace chipfit::sandbox
