#include "harness/foreign/collect.hpp"

#include <fmt/format.h>

#include "harness/results/problem_columns.hpp"
#include "harness/results/provenance.hpp"
#include "harness/results/verdict.hpp"
#include "kernels/problem/case_id.hpp"

namespace chipfit::foreign {

using results::Column;

results::Row& Collector::add(const Measured& m) {
  results::Row& row = imported_.rows.emplace_back();
  const auto text = [&](Column column, const std::string& asked, const std::string& own) {
    row.set(column, asked.empty() ? own : asked);
  };
  row.set(Column::schema, "result-v1");
  row.set(Column::run_id, "imported");
  row.set(Column::engine, "import");
  text(Column::lab, facts_.lab, "");
  text(Column::host, facts_.host, "");
  text(Column::vendor, facts_.vendor, m.vendor);
  text(Column::chip, facts_.chip, m.chip);
  text(Column::backend, facts_.backend, m.backend);
  row.set(Column::device_uid, row.text(Column::chip).empty() ? "unknown" : row.text(Column::chip));
  row.set(Column::device_index, 0);
  row.set(Column::case_id, case_id(m.problem));
  results::set_problem(row, m.problem);
  row.set(Column::suite, m.suite);
  row.set(Column::count, 1);
  row.set(Column::algorithm, m.algorithm);
  row.set(Column::provenance, results::name(results::Provenance::published));
  row.set(Column::check, "none");
  row.set(Column::verdict, info(Verdict::unchecked).name);
  row.set(Column::reason, m.reason);
  row.set(Column::launch, 1);
  row.set(Column::launch, ++launches_[results::key(row)]);
  row.set(Column::time_median_s, m.time_s);
  row.set(Column::work_flop, flop(m.problem));
  row.set(Column::work_inimage_flop, flop_in_image(m.problem));
  row.set(Column::traffic_byte, traffic_bytes(m.problem));
  row.set(Column::rate_flop_per_s, static_cast<double>(flop(m.problem)) / m.time_s);
  row.set(Column::traffic_byte_per_s, static_cast<double>(traffic_bytes(m.problem)) / m.time_s);
  return row;
}

Result<Imported> Collector::finish(const std::string& name) {
  if (imported_.rows.empty()) {
    std::string notes;
    for (const auto& note : imported_.notes) notes += "\n" + note;
    return fail(Error::Kind::bad_data, "nothing in this file could be imported" + notes, name,
                "names that are no case ids need --name and --as: chipfit import --help");
  }
  return std::move(imported_);
}

std::optional<std::map<std::string, std::string>> match_pattern(std::string_view pattern, std::string_view text) {
  std::map<std::string, std::string> values;
  while (!pattern.empty()) {
    const std::size_t open = pattern.find('{');
    if (!text.starts_with(pattern.substr(0, open))) return std::nullopt;
    if (open == std::string_view::npos) return values;
    text.remove_prefix(open);
    const std::size_t close = pattern.find('}', open);
    if (close == std::string_view::npos) return std::nullopt;
    const std::string key(pattern.substr(open + 1, close - open - 1));
    pattern.remove_prefix(close + 1);
    const auto literal = pattern.substr(0, pattern.find('{'));
    // The last value ends where a part of the name does.
    const std::size_t end = literal.empty() ? text.find('/') : text.find(literal);
    if (end == std::string_view::npos && !literal.empty()) return std::nullopt;
    const std::string value(text.substr(0, end));
    if (value.empty()) return std::nullopt;
    values[key] = value;
    text.remove_prefix(std::min(end, text.size()));
  }
  return values;
}

Result<std::string> fill_pattern(std::string_view pattern, const std::map<std::string, std::string>& values) {
  std::string text;
  while (true) {
    const std::size_t open = pattern.find('{');
    text += pattern.substr(0, open);
    if (open == std::string_view::npos) return text;
    const std::size_t close = pattern.find('}', open);
    const std::string key(pattern.substr(open + 1, close == std::string_view::npos ? close : close - open - 1));
    const auto found = values.find(key);
    if (close == std::string_view::npos || found == values.end())
      return fail(Error::Kind::usage, fmt::format("{{{}}} has no value here", key), {},
                  "every {name} of --as stands in --name, or is an axis of nvbench");
    text += found->second;
    pattern.remove_prefix(close + 1);
  }
}

Result<std::optional<Problem>> problem_of(const std::string& name, const Facts& facts) {
  if (!facts.name_pattern.empty()) {
    const auto values = match_pattern(facts.name_pattern, name);
    if (!values) return std::optional<Problem>();
    const auto id = fill_pattern(facts.case_pattern, *values);
    if (!id) return pass_on(id.error());
    const auto problem = parse_case_id(*id);
    if (problem) return std::optional(*problem);
    return fail(Error::Kind::usage,
                fmt::format("'{}' becomes '{}', which is no case id: {}", name, *id, problem.error().what));
  }
  std::string_view rest = name;
  while (!rest.empty()) {
    const auto part = rest.substr(0, rest.find('/'));
    if (const auto problem = parse_case_id(part)) return std::optional(*problem);
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  }
  return std::optional<Problem>();
}

}  // namespace chipfit::foreign
