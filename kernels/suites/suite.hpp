#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/problem/problem.hpp"

namespace chipfit {

/// One problem of a suite: a line of the file gives one for each of its dtypes, directions, layouts and math modes.
struct SuiteCase {
  Problem problem;
  std::int64_t count = 1;   ///< how often the layer stands in its model
  std::string application;  ///< layer or application name
  std::string source;
};

struct Suite {
  std::string name;              ///< file name without .csv
  std::string sha256_input;      ///< the file's bytes as read, for the digest
  std::vector<SuiteCase> cases;  ///< repeats of one problem are merged, their counts added
};

/// Replaces the columns dtypes, directions, layout and math of a suite (--dtype, --direction, --layout, --math). Empty
/// = keep. Math modes apply to f32: problems of other types stay strict.
struct SuiteOverrides {
  std::vector<DtypeCombo> dtypes = {};
  std::vector<ConvDirection> directions = {};
  std::vector<Layout> layouts = {};
  std::vector<Math> maths = {};
};

/// Suites of the harness: kernels/suites/*.csv, built into the binary.
std::vector<std::string> standard_suite_names();
/// Error (usage, did-you-mean) for a name that is not there.
Result<Suite> standard_suite(std::string_view name, const SuiteOverrides& = {});
/// A user's own file; the same format. Every error is bad_data at file:line:column.
Result<Suite> load_suite(const std::filesystem::path&, const SuiteOverrides& = {});
/// A standard name, or a path (contains '/' or ends in .csv).
Result<Suite> find_suite(const std::string& name_or_path, const SuiteOverrides& = {});
/// All faults of a file, not only the first.
std::vector<Error> check_suite(const std::filesystem::path&);

}  // namespace chipfit
