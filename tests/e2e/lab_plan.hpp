#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "harness/results/row.hpp"
#include "tests/e2e/command.hpp"

namespace chipfit::e2e {

/// A plan of a simulated device in a folder of its own.
class LabPlan : public ::testing::Test {
 protected:
  /// `cases` problems that take a millisecond (fewer samples than shorter ones) and are measured for `time_s`, in tasks
  /// of `per_task`.
  void freeze(int cases, int per_task, double time_s = 0.02);
  Ran task(int index) const { return chipfit({"run", "--plan", plan_, "--index", std::to_string(index)}); }
  void expect_merged(std::size_t count) const;
  /// merged/ has `count` rows, all OK, no case twice on a machine.
  void expect_rows(std::size_t count) const;
  std::vector<results::Row> merged_rows() const;
  /// Rows that runs of this task under way, or cut off, have written.
  std::ptrdiff_t rows_begun(int index) const;
  /// A process that has this plan's folder on its command line, this test apart.
  bool somebody_works() const;

  TemporaryFolder folder_;
  std::string plan_ = (folder_.path() / "plan").string();
};

}  // namespace chipfit::e2e
