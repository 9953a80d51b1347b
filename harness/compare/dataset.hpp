#pragma once
#include <cstdint>
#include <deque>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/compare/filter.hpp"
#include "harness/compare/keys.hpp"
#include "harness/results/row.hpp"
#include "harness/results/verdict.hpp"

namespace chipfit::compare {

/// A file to compare and the name it goes by.
struct Input {
  std::string label;
  std::filesystem::path file;
};
/// PATH or NAME=PATH, where PATH is a result file or a run's folder. Errors: missing; usage for a folder of runs.
Result<Input> find_input(const std::string& word);
/// The same for several; a label that would stand twice gets "#2" behind it.
Result<std::vector<Input>> find_inputs(const std::vector<std::string>& words);

/// What the others are compared with: rows whose key matches the pattern.
struct Baseline {
  Key key;
  std::string pattern;
};
/// "chip=V100". Error: usage.
Result<Baseline> parse_baseline(std::string_view);

struct LoadRequest {
  std::vector<Input> inputs;
  std::vector<Key> row{Key{results::Column::case_id}};  ///< what makes rows the same case
  std::vector<Key> also = {};                           ///< keys to keep beside the conditions
  Filter filter = {};
  std::optional<Baseline> baseline = {};  ///< exempt from the filter
};

/// One row of a result file: one launch of one case.
struct Observation {
  double time_s = 0;    ///< median of the launch; 0 where the verdict is not rated
  double clock_hz = 0;  ///< mean while it ran; 0: not recorded
  std::uint32_t row = 0, conditions = 0, run = 0, line = 0;
  std::int32_t launch = 0;
  Verdict verdict = Verdict::ok;
  bool implausible = false;  ///< above its own peak
};

/// All that is compared, in memory: about 50 bytes a row, texts once.
class Dataset {
 public:
  /// Errors: missing, io; bad_data with file:line:column: not a result file, another schema, a rated row without a
  /// time, the same (run, case, backend, device, launch) twice in a file.
  static Result<Dataset> load(const LoadRequest&);

  /// Rows that are in memory already, case by case; each side becomes an input of its label. Errors (bad_data): as for
  /// files.
  struct Side {
    std::string label;
    std::vector<const results::Row*> rows;
  };
  static Result<Dataset> gather(std::span<const Side>);

  const std::vector<Input>& inputs() const { return inputs_; }
  /// Labels of the cases, in the order in which they were met.
  const std::vector<std::string>& rows() const { return rows_; }
  const std::vector<Observation>& observations() const { return observations_; }
  std::size_t conditions_count() const { return conditions_.size(); }
  std::uint32_t input_of(std::uint32_t conditions) const { return conditions_[conditions].input; }
  std::string_view run_of(const Observation& o) const { return texts_[o.run]; }
  /// Value of a condition column, of a key of LoadRequest::also, or of the input's label.
  std::string_view value(std::uint32_t conditions, const Key&) const;
  /// Torn lines and the like, in words.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  friend class Loader;
  struct Conditions {
    std::uint32_t input = 0;
    std::vector<std::uint32_t> texts;  // one per key of keys_
  };
  std::vector<Input> inputs_;
  std::vector<std::string> rows_;
  std::vector<Key> keys_;
  std::deque<std::string> texts_;
  std::vector<Conditions> conditions_;
  std::vector<Observation> observations_;
  std::vector<std::string> notes_;
};

}  // namespace chipfit::compare
