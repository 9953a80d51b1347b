#include <fmt/format.h>

#include "harness/bundle/bundle.hpp"
#include "harness/cli/check_text.hpp"
#include "harness/cli/errors.hpp"
#include "harness/cli/json_out.hpp"
#include "harness/cli/text.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/plan/json_text.hpp"
#include "harness/plan/probe.hpp"
#include "harness/results/build_info.hpp"
#include "harness/results/digest.hpp"

namespace chipfit::cli {
namespace {

/// Takes a file into the bundle under its own name; returns that name, or nothing for an empty path.
Result<std::string> take(bundle::Files& files, const std::filesystem::path& path) {
  if (path.empty()) return std::string();
  const auto name = path.filename().string();
  if (!bundle::is_file_name(name))
    return fail(Error::Kind::usage, fmt::format("'{}' cannot be the name of a file in a bundle", name), path.string(),
                "letters, digits, '.', '_', '-' and '+'");
  if (files.contains(name))
    return fail(Error::Kind::usage, fmt::format("two files of the bundle are called {}", name), path.string());
  auto text = plan::read_text(path, bundle::largest_bundle);
  if (!text) return pass_on(text.error());
  files[name] = std::move(*text);
  return name;
}

}  // namespace

Result<int> pack(const PackCommand& command, Console& console) {
  const auto probed = plan::probe_plugin(command.file);
  if (!probed.problems.empty()) return pass_on(probed.problems.front());
  const auto checked = check_plugin(command.file, command.check, console);
  if (!checked) return pass_on(checked.error());
  if (!checked->report.passed()) {
    if (command.format == Format::json) {
      print_json(check_json(*checked), console);
    } else {
      console.data(check_text(*checked, console.paper()));
    }
    console.talk("not packed: a laboratory would stop at the same step");
    console.talk("hint: mend it, or announce it with --expected FILE (docs/vendor-guide.md)");
    return exit_verdict;
  }
  bundle::Files files;
  bundle::Index index;
  for (const auto& [path, name] :
       {std::pair{&probed.library, &index.library}, std::pair{&probed.manifest_file, &index.manifest},
        std::pair{&command.notes, &index.notes}, std::pair{&command.check.expected, &index.expected}}) {
    auto taken = take(files, *path);
    if (!taken) return pass_on(taken.error());
    *name = std::move(*taken);
  }
  index.check = "check.json";
  files[index.check] = check_json(*checked).dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  index.vendor = command.vendor;
  index.chip = command.chip;
  index.plugin = probed.manifest->name;
  index.version = checked->report.plugin.version;
  index.harness_version = results::harness_version();
  const auto target = command.output.empty()
                          ? std::filesystem::path(fmt::format("{}-{}.chipfit.tar", index.plugin, index.chip))
                          : command.output;
  if (auto packed = bundle::pack(index, std::move(files), command.key, target); !packed) return pass_on(packed.error());
  if (command.format == Format::json) {
    const auto digest = results::sha256_file(target);
    if (!digest) return pass_on(digest.error());
    print_json({{"bundle", target.string()},
                {"sha256", *digest},
                {"vendor", index.vendor},
                {"chip", index.chip},
                {"plugin", index.plugin},
                {"version", index.version}},
               console);
    return exit_ok;
  }
  console.data(printable(target.string()) + "\n");
  return exit_ok;
}

}  // namespace chipfit::cli
