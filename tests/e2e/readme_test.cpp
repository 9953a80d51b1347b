// The output block of both READMEs is what `chipfit run --suite quick` prints, but for the numbers of the machine. The
// same run shows what others rely on: twenty verified cases over reference and openblas.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <regex>
#include <set>
#include <sstream>

#include "tests/e2e/command.hpp"

namespace chipfit::e2e {
namespace {

using results::Column;
namespace fs = std::filesystem;

/// The words of each line; figures, their units and what depends on the machine are left out.
std::string shape_of(const std::string& text) {
  const std::regex figure("(\xC2\xB1)?[0-9]+(\\.[0-9]+)?(e[-+]?[0-9]+)?");
  const std::set<std::string> units{"ns", "\xC2\xB5s", "us", "ms", "s", "k", "M", "G", "T", "%"};
  std::string shape;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("results:", 0) == 0) line = "results: folder";
    if (line.rfind("conditions:", 0) == 0) line = "conditions:";
    line = std::regex_replace(line, std::regex(" on .*, device "), " on chip, device ");
    line = std::regex_replace(line, std::regex("\\(.*\\)"), "(library)");
    std::istringstream words(line);
    for (std::string word; words >> word;)
      if (units.count(word) == 0 && !std::regex_match(word, figure)) shape += word + " ";
    shape += "\n";
  }
  return shape;
}

TEST(Readme, QuickVerifiesTwentyCasesOnTwoRealBackends) {
  TemporaryFolder folder;
  const std::string out = (folder.path() / "out").string();
  const Ran ran = chipfit({"run", "--suite", "quick", "--backend", "reference,openblas", "--out", out});
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
}

TEST(Readme, OutputBlocksAreWhatTheCommandPrints) {
  TemporaryFolder folder;
  const std::string out = (folder.path() / "out").string();
  // The command that stands above the block.
  const Ran ran = chipfit({"run", "--suite", "quick", "--backend", "openblas,reference",
                           "--benchmark_filter=f32:NN|i8|nhwc:n4c64", "--out", out},
                          {{"COLUMNS", "120"}});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  const std::string begin = "<!-- quick-output -->\n```text\n", finish = "```\n<!-- /quick-output -->";
  for (const char* name : {"README.md", "README.zh-CN.md"}) {
    const fs::path readme = fs::path(CHIPFIT_SOURCE_DIR) / name;
    std::string text = read_file(readme);
    EXPECT_NE(text.find("--suite quick --backend openblas,reference --benchmark_filter='f32:NN|i8|nhwc:n4c64'"),
              std::string::npos)
        << name;
    const auto from = text.find(begin) + begin.size();
    const auto to = text.find(finish);
    ASSERT_TRUE(text.find(begin) != std::string::npos && to != std::string::npos) << name;
    if (std::getenv("CHIPFIT_UPDATE_GOLDEN") != nullptr) {
      text.replace(from, to - from, std::regex_replace(ran.out, std::regex("results: .*/out/"), "results: results/"));
      write_file(readme, text);
      continue;
    }
    EXPECT_EQ(shape_of(text.substr(from, to - from)), shape_of(ran.out))
        << name << ": CHIPFIT_UPDATE_GOLDEN=1 e2e_readme writes it anew";
  }
}

}  // namespace
}  // namespace chipfit::e2e
