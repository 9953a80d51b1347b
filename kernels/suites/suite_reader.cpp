#include "kernels/suites/suite_reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "kernels/base/csv.hpp"
#include "kernels/base/did_you_mean.hpp"
#include "kernels/problem/case_id.hpp"
#include "kernels/suites/suite_row.hpp"

namespace chipfit {
namespace {

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t"), last = text.find_last_not_of(" \t");
  return first == std::string_view::npos ? std::string_view{} : text.substr(first, last - first + 1);
}

class SuiteReader {
 public:
  SuiteReader(const std::string& path, std::string_view text, const SuiteOverrides& overrides)
      : path_(path), csv_(path, text), overrides_(overrides) {}

  SuiteReading run() {
    if (read_header()) read_rows();
    if (reading_.faults.empty() && reading_.suite.cases.empty()) {
      fault("the suite has no rows", path_ + ":1:1", "write one row for each problem");
    }
    return std::move(reading_);
  }

 private:
  std::string path_;
  csv::Reader csv_;
  const SuiteOverrides& overrides_;
  SuiteReading reading_;
  std::unordered_map<std::string, std::size_t> index_of_;  // column name → position
  std::size_t width_ = 0;
  std::unordered_map<std::string, std::size_t> case_of_;  // case id → index in suite.cases

  void fault(std::string what, std::string where, std::string hint) {
    reading_.faults.push_back({Error::Kind::bad_data, std::move(what), std::move(where), std::move(hint)});
  }

  bool read_header() {
    csv::Record header;
    const auto more = csv_.next(header);
    if (!more) {
      reading_.faults.push_back(more.error());
      return false;
    }
    if (!*more) {
      fault("the file is empty", path_ + ":1:1",
            fmt::format("the first line names the columns: {}", fmt::join(suite_columns(), ",")));
      return false;
    }
    const auto known = suite_columns();
    for (std::size_t i = 0; i < header.fields.size(); ++i) {
      const std::string name(trim(header.fields[i]));
      if (std::find(known.begin(), known.end(), name) == known.end()) {
        std::string hint = did_you_mean(name, known);
        if (hint.empty()) hint = fmt::format("columns: {}", fmt::join(known, ","));
        fault(fmt::format("unknown column '{}'", name), csv_.where(header, i), std::move(hint));
      } else if (!index_of_.emplace(name, i).second) {
        fault(fmt::format("column {} stands twice", name), csv_.where(header, i), "name each column once");
      }
    }
    width_ = header.fields.size();
    if (!index_of_.contains("op")) {
      fault("there is no column op", csv_.where(header, 0), "op says of each row whether it is gemm or conv");
    }
    return reading_.faults.empty();
  }

  void read_rows() {
    csv::Record record;
    while (true) {
      const auto more = csv_.next(record);
      if (!more) {
        reading_.faults.push_back(more.error());
      } else if (*more) {
        read_row(record);
      } else {
        return;
      }
    }
  }

  void read_row(const csv::Record& record) {
    if (record.fields.size() != width_) {
      const std::size_t first_odd = std::min(record.fields.size(), width_);
      return fault(fmt::format("the row has {} fields, the header names {} columns", record.fields.size(), width_),
                   csv_.where(record, first_odd), "write a comma for each column, also where a cell is empty");
    }
    const auto position = [&](const std::string& column) {
      const auto found = index_of_.find(column);
      return found == index_of_.end() ? std::nullopt : std::optional(found->second);
    };
    const CellText cell = [&](std::string_view column) -> std::string_view {
      const auto at = position(std::string(column));
      return at ? trim(record.fields[*at]) : std::string_view{};
    };
    ExpandedRow row = expand_row(cell, overrides_);
    for (CellFault& each : row.faults) {
      // A column that the file lacks has no place; the operation that asks for it has.
      const std::size_t at = position(each.column).value_or(index_of_.at("op"));
      fault(std::move(each.what), csv_.where(record, at), std::move(each.hint));
    }
    for (SuiteCase& each : row.cases) add(std::move(each), csv_.where(record, 0));
  }

  void add(SuiteCase each, const std::string& where) {
    auto& cases = reading_.suite.cases;
    const auto [entry, is_new] = case_of_.emplace(case_id(each.problem), cases.size());
    if (is_new) return cases.push_back(std::move(each));
    std::int64_t& count = cases[entry->second].count;
    std::int64_t sum = 0;
    if (!__builtin_add_overflow(count, each.count, &sum)) {
      count = sum;
    } else {
      fault(fmt::format("the counts of {} add up to 2^63 or more", entry->first), where, "choose smaller counts");
    }
  }
};

}  // namespace

SuiteReading read_suite(const std::string& path, std::string_view text, const SuiteOverrides& overrides) {
  SuiteReading reading = SuiteReader(path, text, overrides).run();
  std::string_view name = path;
  if (const std::size_t slash = name.rfind('/'); slash != std::string_view::npos) name.remove_prefix(slash + 1);
  if (name.ends_with(".csv")) name.remove_suffix(4);
  reading.suite.name = name;
  reading.suite.sha256_input = text;
  return reading;
}

}  // namespace chipfit
