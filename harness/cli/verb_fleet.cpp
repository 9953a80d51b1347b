#include "harness/cli/errors.hpp"
#include "harness/cli/fleet_text.hpp"
#include "harness/cli/text.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/fleet/formats.hpp"
#include "harness/results/result_files.hpp"

namespace chipfit::cli {

Result<int> show_fleet(const FleetCommand& command, Console& console) {
  fleet::Scheme scheme;
  if (!command.scheme.empty()) {
    auto read = fleet::read_scheme(command.scheme);
    if (!read) return pass_on(read.error());
    scheme = std::move(*read);
  }
  std::vector<std::filesystem::path> files;
  for (const auto& input : command.inputs) {
    const auto found = results::result_files(input);
    if (!found) return pass_on(found.error());
    files.insert(files.end(), found->begin(), found->end());
  }
  auto roster = fleet::read_roster(files, scheme);
  if (!roster) return pass_on(roster.error());
  const auto all = fleet::make_fleet(std::move(*roster), std::move(scheme));
  for (const auto& note : all.notes) console.note(printable(note));
  if (command.format == ReportFormat::json) {
    console.data(fleet::to_json(all));
  } else if (command.format == ReportFormat::csv) {
    console.data(fleet::to_csv(all));
  } else {
    console.data(fleet_text(all, console.paper(), command.all ? NodeTable::yes : NodeTable::no));
  }
  return exit_ok;
}

}  // namespace chipfit::cli
