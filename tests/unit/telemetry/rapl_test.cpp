#include "harness/telemetry/rapl.hpp"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <fstream>

#include "harness/telemetry/sources.hpp"

namespace chipfit::telemetry {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

/// A /sys/class/powercap of files that the test writes.
class RaplTree : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "chipfit-rapl-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    root = pattern;
  }
  void TearDown() override { fs::remove_all(root); }
  void zone(const std::string& folder, const std::string& name, std::uint64_t energy_uj) {
    const fs::path at = root / "sys/class/powercap" / folder;
    fs::create_directories(at);
    std::ofstream(at / "name") << name << "\n";
    std::ofstream(at / "energy_uj") << energy_uj << "\n";
    std::ofstream(at / "max_energy_range_uj") << 262143328850 << "\n";
  }
  fs::path root;
};

TEST(RaplCounter, WrapsAtItsRange) {
  EXPECT_EQ(counted_uj(100, 350, 1000), 250u);
  EXPECT_EQ(counted_uj(900, 50, 1000), 150u);
  EXPECT_EQ(counted_uj(7, 7, 1000), 0u);
}

TEST_F(RaplTree, WithoutPowercapSaysWhatIsMissing) {
  const auto rapl = Rapl::open(root);
  ASSERT_FALSE(rapl);
  EXPECT_EQ(rapl.error().kind, Error::Kind::unavailable);
  EXPECT_THAT(rapl.error().what, HasSubstr("RAPL"));
  EXPECT_THAT(rapl.error().hint, HasSubstr("virtual machines"));
}

TEST_F(RaplTree, ACounterThatMayNotBeReadIsAnErrorWithTheCommandThatMendsIt) {
  zone("intel-rapl:0", "package-0", 1);
  fs::remove(root / "sys/class/powercap/intel-rapl:0/energy_uj");
  const auto rapl = Rapl::open(root);
  ASSERT_FALSE(rapl);
  EXPECT_EQ(rapl.error().kind, Error::Kind::io);
  EXPECT_THAT(rapl.error().hint, HasSubstr("chmod a+r"));
}

TEST_F(RaplTree, SumsPackagesAndTheirMemoryButNotWhatIsInsideAPackage) {
  zone("intel-rapl:0", "package-0", 1'000'000);
  zone("intel-rapl:0:0", "core", 500'000);
  zone("intel-rapl:0:1", "dram", 2'000'000);
  zone("intel-rapl:1", "package-1", 5'000'000);
  auto rapl = Rapl::open(root);
  ASSERT_TRUE(rapl) << rapl.error().what;
  EXPECT_EQ(rapl->zones(), "package-0+dram+package-1");
  EXPECT_DOUBLE_EQ(*rapl->read_j(), 0);
  zone("intel-rapl:0", "package-0", 4'000'000);
  zone("intel-rapl:0:0", "core", 3'000'000);
  zone("intel-rapl:0:1", "dram", 2'500'000);
  EXPECT_DOUBLE_EQ(*rapl->read_j(), 3.5);
}

TEST_F(RaplTree, CountsOnOverAWrap) {
  zone("intel-rapl:0", "package-0", 262143000000);
  auto rapl = Rapl::open(root);
  ASSERT_TRUE(rapl);
  zone("intel-rapl:0", "package-0", 671150);
  EXPECT_NEAR(*rapl->read_j(), 1.0, 1e-9);
}

TEST_F(RaplTree, AsASourceGivesEnergyAndNothingElse) {
  zone("intel-rapl:0", "package-0", 0);
  const Source source = cpu_source(*Rapl::open(root));
  zone("intel-rapl:0", "package-0", 2'000'000);
  const auto sample = source.read();
  ASSERT_TRUE(sample);
  EXPECT_DOUBLE_EQ(*sample->energy_j, 2);
  EXPECT_FALSE(sample->power_w || sample->temp_c || sample->clock_hz);
  EXPECT_EQ(source.name, "rapl package-0");
  fs::remove_all(root / "sys");
  EXPECT_FALSE(source.read()) << "a source that is gone has ended";
}

TEST(DerivedPower, IsEnergyOverTimeAndAStatedPowerIsKept) {
  std::vector<Sample> samples(3);
  samples[0].t_s = 1, samples[0].energy_j = 100;
  samples[1].t_s = 1.5, samples[1].energy_j = 150;
  samples[2].t_s = 2, samples[2].energy_j = 300, samples[2].power_w = 70;
  derive_power(std::nullopt, samples);
  EXPECT_FALSE(samples[0].power_w);
  EXPECT_DOUBLE_EQ(*samples[1].power_w, 100);
  EXPECT_DOUBLE_EQ(*samples[2].power_w, 70);
  std::vector<Sample> next(1);
  next[0].t_s = 4, next[0].energy_j = 400;
  derive_power(samples[2], next);
  EXPECT_DOUBLE_EQ(*next[0].power_w, 50);
}

}  // namespace
}  // namespace chipfit::telemetry
