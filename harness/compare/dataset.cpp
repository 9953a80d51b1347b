#include "harness/compare/dataset.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <unordered_map>

#include "harness/results/row_stream.hpp"
#include "kernels/base/parse_number.hpp"

namespace chipfit::compare {
namespace {

namespace fs = std::filesystem;
using results::Column;
using results::RowStream;

/// A row in memory that is read as a line of a file is.
class MemoryRow {
 public:
  MemoryRow(const results::Row& row, std::size_t number, const std::string& label)
      : row_(row), number_(number), label_(label) {}
  bool has(Column) const { return true; }
  std::string_view text(Column column) const { return row_.text(column); }
  std::size_t line() const { return number_; }
  std::string where(Column column) const {
    return fmt::format("{}, row {}, {}", label_, number_, results::info(column).name);
  }
  Result<void> check(Column column) const {
    if (results::fits(results::info(column).type, text(column))) return {};
    return fail(Error::Kind::bad_data, fmt::format("'{}' is no number", text(column)), where(column));
  }

 private:
  const results::Row& row_;
  std::size_t number_;
  const std::string& label_;
};

}  // namespace

/// Reads rows into a Dataset. Neighbouring rows differ in few cells, so each cell is first compared with the one above.
class Loader {
 public:
  explicit Loader(const LoadRequest& request) : request_(request) {
    for (const Column column : condition_columns()) data_.keys_.push_back({column});
    for (const Key& key : request.also)
      if (key.column && std::ranges::find(data_.keys_, key) == data_.keys_.end()) data_.keys_.push_back(key);
    data_.inputs_ = request.inputs;
    above_.texts.assign(data_.keys_.size(), intern(""));
  }

  Result<Dataset> load() {
    for (std::size_t i = 0; i < data_.inputs_.size(); ++i) {
      const std::size_t first = data_.observations_.size();
      if (auto read = read_input(static_cast<std::uint32_t>(i)); !read) return pass_on(read.error());
      if (auto once = refuse_repeats(first, data_.inputs_[i].file); !once) return pass_on(once.error());
    }
    return std::move(data_);
  }

  Result<Dataset> gather(std::span<const Dataset::Side> sides) {
    for (std::size_t i = 0; i < sides.size(); ++i) {
      const std::size_t first = data_.observations_.size();
      above_.input = static_cast<std::uint32_t>(i);
      above_known_ = false;
      for (std::size_t r = 0; r < sides[i].rows.size(); ++r)
        if (auto kept = keep(MemoryRow(*sides[i].rows[r], r + 1, sides[i].label)); !kept) return pass_on(kept.error());
      if (auto once = refuse_repeats(first, sides[i].label); !once) return pass_on(once.error());
    }
    return std::move(data_);
  }

 private:
  std::uint32_t intern(std::string_view text) {
    if (const auto found = text_ids_.find(text); found != text_ids_.end()) return found->second;
    const auto id = static_cast<std::uint32_t>(data_.texts_.size());
    data_.texts_.emplace_back(text);
    text_ids_.emplace(data_.texts_.back(), id);
    return id;
  }

  Result<void> read_input(std::uint32_t input) {
    const fs::path& file = data_.inputs_[input].file;
    auto stream = RowStream::open(file);
    if (!stream) return pass_on(stream.error());
    if (!stream->has(Column::time_median_s))
      return fail(Error::Kind::bad_data, "the header has no column 'time_median_s'", file.string() + ":1:1",
                  "nothing in this file can be compared");
    above_.input = input;
    above_known_ = false;
    while (true) {
      const auto more = stream->next();
      if (!more) return pass_on(more.error());
      if (!*more) break;
      if (!selected(*stream, input)) continue;
      if (auto kept = keep(*stream); !kept) return kept;
    }
    if (stream->torn_line())
      data_.notes_.push_back(
          fmt::format("{}: the last line is cut off and was not read; is the file whole?", file.string()));
    return {};
  }

  template <class Source>
  std::string_view text_of(const Source& row, const Key& key, std::uint32_t input) const {
    return key.column ? row.text(*key.column) : std::string_view(data_.inputs_[input].label);
  }

  bool selected(const RowStream& row, std::uint32_t input) const {
    if (request_.filter.passes_everything()) return true;
    if (request_.baseline && matches(request_.baseline->pattern, text_of(row, request_.baseline->key, input)))
      return true;
    return request_.filter.passes([&](const Key& key) { return text_of(row, key, input); });
  }

  template <class Source>
  Result<void> keep(const Source& row) {
    Observation o;
    o.line = static_cast<std::uint32_t>(row.line());
    if (const auto sound = row.check(Column::launch); !sound) return sound;
    o.launch = static_cast<std::int32_t>(leading_number(row.text(Column::launch)));
    const auto verdict = verdict_of(row);
    if (!verdict) return pass_on(verdict.error());
    o.verdict = *verdict;
    if (info(o.verdict).rated) {
      if (const auto sound = row.check(Column::time_median_s); !sound) return sound;
      o.time_s = leading_number(row.text(Column::time_median_s));
      if (!(o.time_s > 0))
        return fail(Error::Kind::bad_data,
                    fmt::format("a row with verdict {} has no time above 0", info(o.verdict).name),
                    row.where(Column::time_median_s), "remove the row, or measure the case again");
      if (const auto sound = row.check(Column::clock_mean_hz); row.has(Column::clock_mean_hz) && !sound) return sound;
      o.clock_hz = leading_number(row.text(Column::clock_mean_hz));
      o.implausible = is_implausible(row);
    }
    o.row = row_of(row);
    o.conditions = conditions_of(row);
    const std::string_view run = row.text(Column::run_id);
    if (data_.texts_[run_] != run) run_ = intern(run);
    o.run = run_;
    data_.observations_.push_back(o);
    return {};
  }

  template <class Source>
  Result<Verdict> verdict_of(const Source& row) {
    const std::string_view text = row.text(Column::verdict);
    if (text == info(verdict_).name) return verdict_;
    const auto parsed = parse_verdict(text);
    if (!parsed) {
      auto error = parsed.error();
      error.where = row.where(Column::verdict);
      return pass_on(std::move(error));
    }
    return verdict_ = *parsed;
  }

  template <class Source>
  static bool is_implausible(const Source& row) {
    if (row.text(Column::conditions).find(name(Condition::implausible)) != std::string_view::npos) return true;
    const double peak = leading_number(row.text(Column::peak_flop_per_s));
    // The judge's own allowance for a clock that boosts past the nominal one.
    return peak > 0 && leading_number(row.text(Column::rate_flop_per_s)) > 1.02 * peak;
  }

  template <class Source>
  std::uint32_t row_of(const Source& row) {
    if (request_.row.size() == 1) {
      label_ = text_of(row, request_.row[0], above_.input);
    } else {
      label_.clear();
      for (const Key& key : request_.row) {
        if (!label_.empty()) label_ += ' ';
        label_ += text_of(row, key, above_.input);
      }
    }
    // Launches of a case mostly stand together, and files mostly in the same order.
    if (last_row_ < data_.rows_.size() && data_.rows_[last_row_] == label_) return last_row_;
    if (last_row_ + 1 < data_.rows_.size() && data_.rows_[last_row_ + 1] == label_) return ++last_row_;
    const auto [found, is_new] = row_ids_.try_emplace(label_, static_cast<std::uint32_t>(data_.rows_.size()));
    if (is_new) data_.rows_.push_back(label_);
    return last_row_ = found->second;
  }

  template <class Source>
  std::uint32_t conditions_of(const Source& row) {
    bool same = above_known_;
    for (std::size_t i = 0; i < data_.keys_.size(); ++i) {
      const std::string_view text = row.text(*data_.keys_[i].column);
      if (data_.texts_[above_.texts[i]] == text) continue;
      above_.texts[i] = intern(text);
      same = false;
    }
    above_known_ = true;
    if (same) return above_id_;
    auto key = above_.texts;
    key.push_back(above_.input);
    const auto [found, is_new] = condition_ids_.try_emplace(key, static_cast<std::uint32_t>(data_.conditions_.size()));
    if (is_new) data_.conditions_.push_back(above_);
    return above_id_ = found->second;
  }

  /// A row that stands twice would count as a launch that never was.
  Result<void> refuse_repeats(std::size_t first, const fs::path& file) const {
    const auto& all = data_.observations_;
    std::vector<std::uint32_t> order(all.size() - first);
    std::iota(order.begin(), order.end(), static_cast<std::uint32_t>(first));
    const auto key = [&](std::uint32_t i) {
      return std::make_tuple(all[i].row, all[i].conditions, all[i].run, all[i].launch);
    };
    const auto less = [&](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); };
    if (!std::ranges::is_sorted(order, less)) std::ranges::sort(order, less);
    for (std::size_t i = 1; i < order.size(); ++i) {
      if (key(order[i - 1]) != key(order[i])) continue;
      const auto [one, two] = std::minmax(all[order[i - 1]].line, all[order[i]].line);
      return fail(Error::Kind::bad_data,
                  fmt::format("the row of '{}', launch {}, stands twice: in line {} and here",
                              data_.rows_[all[order[i]].row], all[order[i]].launch, one),
                  fmt::format("{}:{}:1", file.string(), two),
                  "keep one of the two; files of one run that were joined may hold it in both");
    }
    return {};
  }

  const LoadRequest& request_;
  Dataset data_;
  std::unordered_map<std::string_view, std::uint32_t> text_ids_;
  std::unordered_map<std::string, std::uint32_t> row_ids_;
  std::map<std::vector<std::uint32_t>, std::uint32_t> condition_ids_;
  Dataset::Conditions above_;
  std::uint32_t above_id_ = 0, run_ = 0, last_row_ = 0;
  bool above_known_ = false;
  Verdict verdict_ = Verdict::ok;
  std::string label_;
};

Result<Input> find_input(const std::string& word) {
  std::string label;
  fs::path path = word;
  std::error_code failed;
  if (const auto equals = word.find('='); equals != std::string::npos && equals > 0 && !fs::exists(path, failed)) {
    label = word.substr(0, equals);
    path = word.substr(equals + 1);
  }
  if (!fs::exists(path, failed))
    return fail(Error::Kind::missing, "no such file or folder", path.string(),
                "give a run's folder or its results.csv");
  const bool is_folder = fs::is_directory(path, failed);
  if (label.empty()) {
    auto named = path.lexically_normal();
    if (named.filename().empty() || named.filename() == "results.csv") named = named.parent_path();
    label = named.empty() ? path.string() : is_folder ? named.filename().string() : named.stem().string();
  }
  if (is_folder) {
    if (!fs::exists(path / "results.csv", failed))
      return fail(Error::Kind::usage, "this folder is not a run: it holds no results.csv", path.string(),
                  "give the folders of single runs, which lie in it");
    path /= "results.csv";
  }
  return Input{label, path};
}

Result<std::vector<Input>> find_inputs(const std::vector<std::string>& words) {
  std::vector<Input> inputs;
  std::map<std::string, int> seen;
  for (const auto& word : words) {
    auto input = find_input(word);
    if (!input) return pass_on(input.error());
    if (const int count = ++seen[input->label]; count > 1) input->label += fmt::format("#{}", count);
    inputs.push_back(std::move(*input));
  }
  return inputs;
}

Result<Baseline> parse_baseline(std::string_view text) {
  const auto equals = text.find_first_of("=:");
  if (equals == std::string_view::npos || equals + 1 == text.size())
    return fail(Error::Kind::usage, fmt::format("--baseline: '{}' is not key=value", text), {},
                "--baseline chip=V100, --baseline backend=openblas; the value may hold *");
  const auto key = parse_key(text.substr(0, equals));
  if (!key) return pass_on(key.error());
  return Baseline{*key, std::string(text.substr(equals + 1))};
}

std::string_view Dataset::value(std::uint32_t conditions, const Key& key) const {
  const Conditions& set = conditions_[conditions];
  if (!key.column) return inputs_[set.input].label;
  const auto found = std::ranges::find(keys_, key);
  return found == keys_.end() ? std::string_view() : texts_[set.texts[static_cast<std::size_t>(found - keys_.begin())]];
}

Result<Dataset> Dataset::load(const LoadRequest& request) {
  return Loader(request).load();
}

Result<Dataset> Dataset::gather(std::span<const Side> sides) {
  LoadRequest request;
  for (const Side& side : sides) request.inputs.push_back({side.label, {}});
  return Loader(request).gather(sides);
}

}  // namespace chipfit::compare
