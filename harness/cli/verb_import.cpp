#include <fmt/format.h>

#include "harness/cli/errors.hpp"
#include "harness/cli/json_out.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/results/run_folder.hpp"
#include "kernels/base/numbers.hpp"

namespace chipfit::cli {

Result<int> import_results(const ImportCommand& command, Console& console) {
  const auto imported = foreign::import_file(command.source, command.file, command.facts);
  if (!imported) return pass_on(imported.error());
  for (const auto& note : imported->notes) console.note(note);
  const auto text = results::to_text(imported->rows);
  if (command.output.empty()) {
    if (command.format == Format::json)
      return fail(Error::Kind::usage, "--json tells about a file that is written, and the rows themselves are CSV", {},
                  "-o FILE --json");
    console.data(text);
    return exit_ok;
  }
  if (const auto written = results::write_whole(command.output, text); !written) return pass_on(written.error());
  if (command.format == Format::json) {
    print_json({{"file", command.output.string()},
                {"rows", imported->rows.size()},
                {"provenance", results::name(results::Provenance::published)},
                {"notes", imported->notes}},
               console);
    return exit_ok;
  }
  console.talk(fmt::format("{} of provenance \"published\" in {}", counted(imported->rows.size(), "row"),
                           command.output.string()));
  return exit_ok;
}

}  // namespace chipfit::cli
