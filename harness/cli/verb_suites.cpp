#include <fmt/format.h>

#include <set>

#include "harness/cli/errors.hpp"
#include "harness/cli/json_out.hpp"
#include "harness/cli/table.hpp"
#include "harness/cli/verbs.hpp"
#include "kernels/base/numbers.hpp"

namespace chipfit::cli {
namespace {

/// What a suite holds, in words.
struct Digest {
  std::string name;
  std::size_t cases = 0;
  double work_flop = 0;
  std::set<std::string> operations, types;
};

Digest digest(const Suite& suite) {
  Digest result{suite.name, suite.cases.size(), 0, {}, {}};
  for (const auto& suite_case : suite.cases) {
    result.work_flop += static_cast<double>(suite_case.count) * static_cast<double>(flop(suite_case.problem));
    result.operations.emplace(op_name(suite_case.problem));
    result.types.insert(to_string(dtypes(suite_case.problem)));
  }
  return result;
}

Result<int> check(const SuitesCommand& command, Console& console) {
  const auto faults = check_suite(command.check);
  if (command.format == Format::json) {
    auto list = nlohmann::ordered_json::array();
    for (const auto& fault : faults) list.push_back(to_json(fault));
    print_json({{"file", command.check.string()}, {"faults", list}}, console);
  } else {
    for (const auto& fault : faults) console.error(fault);
    if (faults.empty()) {
      const auto suite = load_suite(command.check);
      if (!suite) return pass_on(suite.error());
      console.data(fmt::format("{}: {}, no fault\n", command.check.string(), counted(suite->cases.size(), "case")));
    } else {
      console.talk(counted(faults.size(), "fault"));
    }
  }
  return faults.empty() ? exit_ok : exit_code(faults.front().kind);
}

}  // namespace

Result<int> suites(const SuitesCommand& command, Console& console) {
  if (!command.check.empty()) return check(command, console);
  Table table{{{.title = "suite"},
               {.title = "cases", .align = Align::right},
               {.title = "work", .align = Align::right},
               {.title = "operations", .shortest = 12},
               {.title = "types", .leave_out = 1}},
              {}};
  auto list = nlohmann::ordered_json::array();
  for (const auto& name : standard_suite_names()) {
    const auto suite = standard_suite(name);
    if (!suite) return pass_on(suite.error());
    const auto d = digest(*suite);
    table.lines.push_back({{{d.name},
                            {count_text(d.cases)},
                            {work_text(d.work_flop)},
                            {fmt::format("{}", fmt::join(d.operations, " "))},
                            {fmt::format("{}", fmt::join(d.types, " "))}},
                           ""});
    list.push_back({{"suite", d.name},
                    {"cases", d.cases},
                    {"work_flop", d.work_flop},
                    {"operations", d.operations},
                    {"dtypes", d.types}});
  }
  if (command.format == Format::json) {
    print_json(list, console);
  } else {
    console.data(render(table, console.paper().width, console.paper().colour));
  }
  return exit_ok;
}

}  // namespace chipfit::cli
