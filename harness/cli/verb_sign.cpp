#include <fmt/format.h>

#include <algorithm>

#include "harness/cli/errors.hpp"
#include "harness/cli/json_out.hpp"
#include "harness/cli/text.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/sign/sign.hpp"
#include "harness/sign/verify.hpp"
#include "kernels/base/numbers.hpp"

namespace chipfit::cli {

Result<int> sign_runs(const SignCommand& command, Console& console) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& run : command.runs) {
    const auto line = shell_line({"ssh-keygen", "-Y", "sign", "-f", command.key.string(), "-n", sign::results_purpose,
                                  (run / "SHA256SUMS").string()});
    if (command.dry_run == DryRun::yes) {
      if (auto whole = sign::check_before_signing(run); !whole) return pass_on(whole.error());
    } else if (auto done = sign::sign_run(run, command.key); !done) {
      return pass_on(done.error());
    }
    const auto signature = (run / "SHA256SUMS.sig").string();
    list.push_back({{"run", run.string()}, {"signature", signature}, {"command", line}});
    if (command.format == Format::people)
      console.data((command.dry_run == DryRun::yes ? line : printable(signature)) + "\n");
  }
  if (command.format == Format::json) print_json(list, console);
  return exit_ok;
}

Result<int> verify(const VerifyCommand& command, Console& console) {
  const auto runs = sign::verify_runs(command.folder, command.allowed);
  if (!runs) return pass_on(runs.error());
  const auto faulty =
      static_cast<std::size_t>(std::ranges::count_if(*runs, [](const auto& run) { return !run.faults.empty(); }));
  const int code = faulty == 0 ? exit_ok : exit_verdict;
  if (command.format == Format::json) {
    auto list = nlohmann::ordered_json::array();
    for (const auto& run : *runs) {
      list.push_back(
          {{"run", run.name}, {"signer", run.signer}, {"key", run.key}, {"faults", run.faults}, {"notes", run.notes}});
    }
    print_json(list, console);
    return code;
  }
  const auto colour = console.paper().colour;
  for (const auto& run : *runs) {
    const bool whole = run.faults.empty();
    console.data(fmt::format(
        "{} {}{}\n", painted(whole ? "whole" : "FAULT", whole ? Tone::good : Tone::bad, colour), printable(run.name),
        run.signer.empty() ? "" : fmt::format("  vouched for by {} ({})", printable(run.signer), printable(run.key))));
    for (const auto& fault : run.faults) console.data("      " + painted(printable(fault), Tone::bad, colour) + "\n");
    for (const auto& note : run.notes) console.data("      " + printable(note) + "\n");
  }
  console.data(fmt::format("{}, {} with a fault\n", counted(runs->size(), "run"), faulty));
  return code;
}

}  // namespace chipfit::cli
