#include "harness/cli/check_text.hpp"
#include "harness/cli/errors.hpp"
#include "harness/cli/json_out.hpp"
#include "harness/cli/verbs.hpp"

namespace chipfit::cli {

Result<int> check(const CheckCommand& command, Console& console) {
  const auto checked = check_plugin(command.file, command.options, console);
  if (!checked) return pass_on(checked.error());
  if (command.format == Format::json) {
    print_json(check_json(*checked), console);
  } else {
    console.data(check_text(*checked, console.paper()));
  }
  return checked->report.passed() ? exit_ok : exit_verdict;
}

}  // namespace chipfit::cli
