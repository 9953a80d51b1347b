// The table in kernels/suites/README.md says what the suites hold.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "kernels/suites/suite.hpp"

namespace chipfit {
namespace {

// Cells of the line "| `name` | … |" of the section "The standard suites", without blanks; empty where there is none.
std::vector<std::string> documented(const std::string& name) {
  std::ifstream file(CHIPFIT_SOURCE_DIR "/kernels/suites/README.md");
  bool in_section = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## ")) in_section = line == "## The standard suites";
    if (!in_section || !line.starts_with("| `" + name + "` |")) continue;
    std::vector<std::string> cells;
    std::istringstream stream(line.substr(1));
    for (std::string cell; std::getline(stream, cell, '|');) {
      std::erase(cell, ' ');
      cells.push_back(cell);
    }
    return cells;
  }
  return {};
}

double number(std::string text) {
  std::erase(text, ',');
  return std::stod(text);
}

TEST(SuiteDocumentation, NamesEverySuiteWithItsProblemsAndWork) {
  for (const std::string& name : standard_suite_names()) {
    double once = 0, counted = 0;
    const auto suite = standard_suite(name).value();
    for (const SuiteCase& each : suite.cases) {
      once += static_cast<double>(flop(each.problem)) / 1e9;
      counted += static_cast<double>(flop(each.problem)) * static_cast<double>(each.count) / 1e9;
    }
    const auto cells = documented(name);
    ASSERT_GE(cells.size(), 6u) << name << " is not in the table of kernels/suites/README.md";
    EXPECT_EQ(cells[1], std::to_string(suite.cases.size())) << name;
    // One decimal, from 1000 GFLOP on none.
    EXPECT_NEAR(number(cells[2]), once, once < 1000 ? 0.051 : 0.51) << name;
    EXPECT_NEAR(number(cells[3]), counted, counted < 1000 ? 0.051 : 0.51) << name;
    EXPECT_NE(cells[5], "") << name;
  }
}

}  // namespace
}  // namespace chipfit
