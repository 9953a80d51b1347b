// The output block of both READMEs is what `chipfit run --suite quick` prints, but for the numbers of the machine. The
// same run shows what others rely on: twenty verified cases over reference and openblas.
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <sstream>

#include "tests/e2e/command.hpp"

namespace chipfit::e2e {
namespace {

using results::Column;
namespace fs = std::filesystem;

std::string block_of(const fs::path& readme) {
  const std::string text = read_file(readme);
  const std::string begin = "<!-- quick-output -->\n```text\n", end = "```\n<!-- /quick-output -->";
  const auto from = text.find(begin);
  const auto to = text.find(end);
  if (from == std::string::npos || to == std::string::npos) return {};
  return text.substr(from + begin.size(), to - from - begin.size());
}

/// Case ids stay, measured figures and padding go.
std::string shape_of(const std::string& text) {
  std::string shape;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("results:", 0) == 0) line = "results: FOLDER";
    line = std::regex_replace(line, std::regex(R"( on .*, device )"), " on CHIP, device ");
    line = std::regex_replace(line, std::regex(R"(\(.*\))"), "(LIBRARY)");
    line = std::regex_replace(line, std::regex(R"((^|\s)±?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?(?=\s|$|%))"), "$1#");
    line = std::regex_replace(line, std::regex(R"(# ?%)"), "#");
    line = std::regex_replace(line, std::regex(R"((^|\s)-(?=\s|$))"), "$1#");
    line = std::regex_replace(line, std::regex(R"(# (ns|us|µs|ms|s)(?=\s|$))"), "# time");
    line = std::regex_replace(line, std::regex(R"(# [kMGT]?FLOP/s)"), "# rate");
    line = std::regex_replace(line, std::regex(R"(-{2,})"), "--");
    line = std::regex_replace(line, std::regex(R"(\s+)"), " ");
    shape += line + "\n";
  }
  return shape;
}

TEST(Readme, OutputBlocksAreWhatQuickPrints) {
  TemporaryFolder folder;
  const std::string out = (folder.path() / "out").string();
  const Ran ran = chipfit({"run", "--suite", "quick", "--out", out}, {{"COLUMNS", "100"}, {"NO_COLOR", "1"}});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;

  const auto rows = rows_of(out);
  const auto ok = [&](const char* backend, const char* op) {
    return std::count_if(rows.begin(), rows.end(), [&](const auto& row) {
      return row.text(Column::verdict) == "OK" && row.text(Column::backend) == backend && row.text(Column::op) == op;
    });
  };
  EXPECT_GE(ok("reference", "gemm") + ok("reference", "conv") + ok("openblas", "gemm") + ok("openblas", "conv"), 20);
  for (const char* backend : {"reference", "openblas"})
    for (const char* op : {"gemm", "conv"}) EXPECT_GE(ok(backend, op), 1) << backend << " " << op;
  for (const auto& row : rows)
    EXPECT_TRUE(row.text(Column::verdict) == "OK" || row.text(Column::verdict) == "UNSUPPORTED")
        << results::key(row) << ": " << row.text(Column::verdict) << ", " << row.text(Column::reason);

  if (std::getenv("CHIPFIT_UPDATE_GOLDEN") != nullptr) {
    for (const char* name : {"README.md", "README.zh-CN.md"}) {
      const fs::path readme = fs::path(CHIPFIT_SOURCE_DIR) / name;
      std::string text = read_file(readme);
      const std::string begin = "<!-- quick-output -->\n```text\n", end = "```\n<!-- /quick-output -->";
      const auto from = text.find(begin) + begin.size();
      std::string shown = ran.out;
      shown = std::regex_replace(shown, std::regex(R"(results: .*/out/)"), "results: results/");
      text.replace(from, text.find(end) - from, shown);
      write_file(readme, text);
    }
  }
  for (const char* name : {"README.md", "README.zh-CN.md"}) {
    const std::string block = block_of(fs::path(CHIPFIT_SOURCE_DIR) / name);
    ASSERT_FALSE(block.empty()) << name;
    EXPECT_EQ(shape_of(block), shape_of(ran.out)) << name << ": CHIPFIT_UPDATE_GOLDEN=1 e2e_readme writes it anew";
  }
}

}  // namespace
}  // namespace chipfit::e2e
