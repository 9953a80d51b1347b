#include "tests/e2e/lab_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/results/run_folder.hpp"

namespace chipfit::e2e {
namespace fs = std::filesystem;
using results::Column;

void LabPlan::freeze(int cases, int per_task, double time_s) {
  std::string text = "op,dtypes,m,n,k\n";
  for (int i = 1; i <= cases; ++i) text += fmt::format("gemm,f32,{},8,8\n", i);
  write_file(folder_.path() / "suite.csv", text);
  const auto made = chipfit({"plan", "--suite", (folder_.path() / "suite.csv").string(), "--backend", "simulated",
                             "--quick", "--time", fmt::format("{}", time_s), "--option", "overhead_s=0.001",
                             "--cases-per-task", std::to_string(per_task), "-o", plan_ + "/"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
}

void LabPlan::expect_merged(std::size_t count) const {
  const auto merged = chipfit({"merge", "--plan", plan_});
  ASSERT_EQ(merged.exit_code, 0) << merged.err;
  expect_rows(count);
}

std::vector<results::Row> LabPlan::merged_rows() const {
  const auto file = results::read_results(fs::path(plan_) / "merged/results.csv");
  if (file) return file->rows;
  ADD_FAILURE() << file.error().what;
  return {};
}

void LabPlan::expect_rows(std::size_t count) const {
  const auto rows = merged_rows();
  std::set<std::string> keys;
  for (const auto& row : rows) {
    keys.insert(row.text(Column::case_id) + " " + row.text(Column::host));
    EXPECT_EQ(row.text(Column::verdict), "OK") << row.text(Column::reason);
  }
  EXPECT_EQ(rows.size(), count);
  EXPECT_EQ(keys.size(), count);
}

std::ptrdiff_t LabPlan::rows_begun(int index) const {
  std::error_code error;
  std::ptrdiff_t rows = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(plan_) / fmt::format("work/{:06}", index), error)) {
    const auto text = read_file(entry.path() / "results.csv");
    rows += std::max<std::ptrdiff_t>(0, std::count(text.begin(), text.end(), '\n') - 1);
  }
  return rows;
}

bool LabPlan::somebody_works() const {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error))
    if (read_file(entry.path() / "cmdline").find(plan_) != std::string::npos) return true;
  return false;
}

}  // namespace chipfit::e2e
