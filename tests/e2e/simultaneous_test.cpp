// `chipfit run --simultaneous` on simulated devices.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/e2e/command.hpp"

namespace chipfit::e2e {
namespace {

using results::Column;
using ::testing::HasSubstr;

std::vector<std::string> three_devices(const std::filesystem::path& out, std::vector<std::string> more = {}) {
  std::vector<std::string> words{"run",
                                 "--case",
                                 "gemm:f32:NN:64x64x64",
                                 "--case",
                                 "gemm:f32:NN:48x48x48",
                                 "--backend",
                                 "simulated",
                                 "--option",
                                 "devices=3",
                                 "--option",
                                 "rate_flop_per_s=1e8",
                                 "--quick",
                                 "--devices",
                                 "all",
                                 "--simultaneous",
                                 "--out",
                                 out.string()};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST(Simultaneous, EveryDeviceHasARowAndEveryCaseALineOfTheAggregate) {
  const TemporaryFolder out;
  const auto ran = chipfit(three_devices(out.path(), {"--launches", "2"}));
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  const auto rows = rows_of(out.path());
  EXPECT_EQ(rows.size(), 2u * 3 * 2);
  std::set<std::string> devices;
  for (const auto& row : rows) {
    EXPECT_EQ(row.text(Column::verdict), "OK") << row.text(Column::reason);
    EXPECT_EQ(row.integer(Column::devices_active), 3);
    devices.insert(row.text(Column::device_uid));
  }
  EXPECT_EQ(devices.size(), 3u);
  const auto text = read_file(run_folder(out.path()) / "aggregate.csv");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1 + 2 * 2) << text;
  EXPECT_THAT(text, HasSubstr(",gemm:f32:NN:64x64x64,1,3,3,"));
  EXPECT_THAT(text, HasSubstr(",gemm:f32:NN:48x48x48,2,3,3,"));
  EXPECT_THAT(read_file(run_folder(out.path()) / "manifest.json"), HasSubstr("aggregate.csv"));

  // As a crash after the last row leaves it.
  std::filesystem::remove(run_folder(out.path()) / "aggregate.csv");
  const auto again = chipfit(three_devices(out.path(), {"--launches", "2", "--resume"}));
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(rows_of(out.path()).size(), 2u * 3 * 2);
  EXPECT_EQ(read_file(run_folder(out.path()) / "aggregate.csv"), text);
}

TEST(Simultaneous, OneDeviceAloneIsNotToldFromAnOrdinaryRun) {
  const TemporaryFolder out;
  const auto ran = chipfit({"run", "--case", "gemm:f32:NN:64x64x64", "--backend", "simulated", "--option",
                            "rate_flop_per_s=1e8", "--quick", "--simultaneous", "--out", out.path().string()});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  const auto rows = rows_of(out.path());
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].integer(Column::devices_active), 1);
}

TEST(Simultaneous, IsNoTakingOfTurns) {
  const TemporaryFolder out;
  EXPECT_EQ(chipfit(three_devices(out.path(), {"--interleave"})).exit_code, 2);
  const auto ran = chipfit(three_devices(out.path(), {"--in-process"}));
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, HasSubstr("--simultaneous and --in-process contradict each other"));
}

}  // namespace
}  // namespace chipfit::e2e
