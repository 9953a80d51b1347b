// chipfit-mpi with four ranks on this machine, each with a simulated device of its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "harness/results/run_folder.hpp"
#include "tests/e2e/command.hpp"

namespace chipfit::e2e {
namespace {

using results::Column;
using ::testing::HasSubstr;

Ran four_ranks(const std::filesystem::path& out, int devices) {
  const std::map<std::string, std::string> environment{{"OMPI_ALLOW_RUN_AS_ROOT", "1"},
                                                       {"OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"}};
  return Running({"--oversubscribe", "-n", "4", CHIPFIT_MPI, "--case", "gemm:f32:NN:64x64x64", "--case",
                  "gemm:f32:NN:48x48x48", "--backend", "simulated", "--option", "devices=" + std::to_string(devices),
                  "--option", "rate_flop_per_s=1e8", "--quick", "--out", out.string()},
                 environment, CHIPFIT_MPIRUN)
      .wait();
}

std::vector<results::Row> rows_in(const std::filesystem::path& folder) {
  const auto read = results::read_results(folder / "results.csv");
  EXPECT_TRUE(read) << read.error().what;
  return read ? read->rows : std::vector<results::Row>{};
}

std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> all;
  std::istringstream text(line);
  for (std::string cell; std::getline(text, cell, ',');) all.push_back(cell);
  return all;
}

TEST(FourRanks, MeasureTheirDevicesAtTheSameTime) {
  const TemporaryFolder out;
  const auto ran = four_ranks(out.path(), 4);
  ASSERT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  std::vector<std::filesystem::path> together, others;
  for (const auto& entry : std::filesystem::directory_iterator(out.path()))
    (entry.path().string().ends_with("-mpi") ? together : others).push_back(entry.path());
  ASSERT_EQ(together.size(), 1u);
  ASSERT_EQ(others.size(), 5u);  // one of each rank, and rank 0's device alone

  const auto rows = rows_in(together[0]);
  ASSERT_EQ(rows.size(), 8u);
  std::set<std::string> devices;
  for (const auto& row : rows) {
    EXPECT_EQ(row.text(Column::verdict), "OK") << row.text(Column::reason);
    EXPECT_EQ(row.integer(Column::devices_active), 4);
    devices.insert(row.text(Column::device_uid));
  }
  EXPECT_EQ(devices.size(), 4u);

  double alone = 0, sum = 0;
  for (const auto& folder : others)
    for (const auto& row : rows_in(folder))
      if (row.integer(Column::devices_active) == 1 && row.text(Column::case_id) == "gemm:f32:NN:64x64x64")
        alone = row.real(Column::rate_flop_per_s).value_or(0);
  for (const auto& row : rows)
    if (row.text(Column::case_id) == "gemm:f32:NN:64x64x64") sum += row.real(Column::rate_flop_per_s).value_or(0);
  std::istringstream aggregate(read_file(together[0] / "aggregate.csv"));
  std::string header, first, second, none;
  std::getline(aggregate, header);
  std::getline(aggregate, first);
  std::getline(aggregate, second);
  EXPECT_FALSE(std::getline(aggregate, none));
  const auto names = cells(header), values = cells(first);
  ASSERT_EQ(names.size(), values.size());
  const auto value = [&](const std::string& name) {
    const auto at = std::find(names.begin(), names.end(), name);
    return at == names.end() ? std::string() : values[static_cast<std::size_t>(at - names.begin())];
  };
  EXPECT_EQ(value("case_id"), "gemm:f32:NN:64x64x64");
  EXPECT_EQ(value("devices_rated"), "4");
  EXPECT_NEAR(std::stod(value("rate_sum_flop_per_s")), sum, 1e-9 * sum);
  EXPECT_NEAR(std::stod(value("rate_mean_flop_per_s")), sum / 4, 1e-9 * sum);
  EXPECT_LE(std::stod(value("rate_min_flop_per_s")), std::stod(value("rate_max_flop_per_s")));
  // T_n/(n·T_1)
  EXPECT_NEAR(std::stod(value("scaling_efficiency")), sum / (4 * alone), 1e-9);
}

TEST(FourRanks, AreTooManyForTwoDevices) {
  const TemporaryFolder out;
  const auto ran = four_ranks(out.path(), 2);
  EXPECT_NE(ran.exit_code, 0);
  EXPECT_THAT(ran.err, HasSubstr("4 ranks on this machine, but 2 devices to measure"));
}

}  // namespace
}  // namespace chipfit::e2e
