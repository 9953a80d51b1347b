// Google Benchmark's JSON and nvbench's CSV.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/foreign/collect.hpp"
#include "kernels/base/csv.hpp"
#include "kernels/base/parse_number.hpp"
#include "kernels/problem/case_id.hpp"

namespace chipfit::foreign {
namespace {

using nlohmann::json;

std::string text_in(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

double unit_s(const std::string& unit) {
  if (unit == "ns" || unit.empty()) return 1e-9;
  if (unit == "us") return 1e-6;
  if (unit == "ms") return 1e-3;
  return unit == "s" ? 1 : 0;
}

}  // namespace

Result<Imported> import_google_benchmark(const std::string& name, std::string_view text, const Facts& facts) {
  const json value = json::parse(text, nullptr, false);
  const auto list = value.is_object() ? value.find("benchmarks") : value.end();
  if (!value.is_object() || list == value.end() || !list->is_array())
    return fail(Error::Kind::bad_data, "this is no JSON of Google Benchmark", name,
                "write it with --benchmark_out=FILE --benchmark_out_format=json");
  Collector out(facts);
  const json context = value.value("context", json::object());
  std::size_t unnamed = 0;
  for (const json& each : *list) {
    if (!each.is_object()) return fail(Error::Kind::bad_data, "a benchmark is no object", name);
    // Means and medians over repetitions are not measurements.
    if (text_in(each, "run_type") == "aggregate") continue;
    const std::string benchmark = text_in(each, "name");
    if (each.contains("error_occurred") && each["error_occurred"] == true) {
      out.note(fmt::format("{}: {}: failed there: {}", name, benchmark, text_in(each, "error_message")));
      continue;
    }
    const auto problem = problem_of(benchmark, facts);
    if (!problem) return pass_on(problem.error());
    if (!*problem) {
      ++unnamed;
      continue;
    }
    const auto time = each.find("real_time");
    const double time_s =
        (time != each.end() && time->is_number() ? time->get<double>() : 0) * unit_s(text_in(each, "time_unit"));
    if (!(time_s > 0)) return fail(Error::Kind::bad_data, fmt::format("'{}' has no time above 0", benchmark), name);
    Measured m{**problem, time_s, "", "", "googlebenchmark", text_in(each, "label"), "", benchmark};
    out.add(m);
  }
  if (unnamed > 0) out.note(fmt::format("{}: {} benchmarks are no case and were left out", name, unnamed));
  auto imported = out.finish(name);
  if (!imported) return imported;
  for (auto& row : imported->rows)
    if (facts.host.empty() && context.is_object()) row.set(results::Column::host, text_in(context, "host_name"));
  return imported;
}

Result<Imported> import_nvbench(const std::string& name, std::string_view text, const Facts& facts) {
  csv::Reader reader(name, text);
  csv::Record header, record;
  const auto first = reader.next(header);
  if (!first) return pass_on(first.error());
  const auto column = [&](std::string_view wanted) {
    std::size_t i = 0;
    while (i < header.fields.size() && header.fields[i] != wanted) ++i;
    return i;
  };
  std::size_t time = column("GPU Time (sec)");
  if (time == header.fields.size()) time = column("CPU Time (sec)");
  if (!*first || column("Benchmark") == header.fields.size() || time == header.fields.size())
    return fail(Error::Kind::bad_data, "the header has no column 'Benchmark' or 'GPU Time (sec)'", name + ":1:1",
                "write it with nvbench's --csv FILE");
  Collector out(facts);
  std::size_t unnamed = 0;
  while (true) {
    const auto more = reader.next(record);
    if (!more) return pass_on(more.error());
    if (!*more) break;
    if (record.fields.size() != header.fields.size())
      return fail(Error::Kind::bad_data,
                  fmt::format("{} fields, but the header has {}", record.fields.size(), header.fields.size()),
                  reader.where(record, 0));
    const auto cell = [&](std::string_view wanted) {
      const auto i = column(wanted);
      return i < record.fields.size() ? record.fields[i] : std::string();
    };
    const std::string benchmark = cell("Benchmark");
    if (cell("Skipped") == "Yes") {
      out.note(fmt::format("{}:{}: {} was skipped there", name, record.line, benchmark));
      continue;
    }
    std::optional<Problem> problem;
    if (!facts.case_pattern.empty()) {
      if (facts.name_pattern.empty() || match_pattern(facts.name_pattern, benchmark)) {
        std::map<std::string, std::string> axes;
        for (std::size_t i = 0; i < header.fields.size(); ++i) axes[header.fields[i]] = record.fields[i];
        const auto id = fill_pattern(facts.case_pattern, axes);
        if (!id) return pass_on(id.error());
        const auto parsed = parse_case_id(*id);
        if (!parsed)
          return fail(Error::Kind::usage, fmt::format("'{}' is no case id: {}", *id, parsed.error().what),
                      reader.where(record, 0));
        problem = *parsed;
      }
    } else if (const auto found = problem_of(benchmark, facts); found) {
      problem = *found;
    }
    if (!problem) {
      ++unnamed;
      continue;
    }
    const double time_s = parse_number<double>(record.fields[time]).value_or(0);
    if (!(time_s > 0))
      return fail(Error::Kind::bad_data, fmt::format("'{}' is no time above 0", record.fields[time]),
                  reader.where(record, time));
    out.add({*problem, time_s, "", cell("Device Name"), "nvbench", "", "", benchmark});
  }
  if (unnamed > 0) out.note(fmt::format("{}: {} rows are no case and were left out", name, unnamed));
  return out.finish(name);
}

}  // namespace chipfit::foreign
