#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/cli/errors.hpp"
#include "harness/cli/json_out.hpp"
#include "harness/cli/text.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/plan/probe.hpp"
#include "kernels/base/numbers.hpp"

namespace chipfit::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string field(std::string_view label, const std::string& value) {
  return value.empty() ? "" : fmt::format("  {} {}\n", pad_right(label, 13), printable(value));
}

std::string manifest_text(const plan::BackendManifest& manifest) {
  std::string text = fmt::format("manifest {}\n", printable(manifest.manifest.string()));
  text += field("name", manifest.name) + field("abi", manifest.abi) + field("description", manifest.description);
  text += field("architecture", manifest.architecture) + field("install hint", manifest.install_hint);
  text += field("device nodes", fmt::format("{}", fmt::join(manifest.device_nodes, ", ")));
  text += field("reads", fmt::format("{}", fmt::join(manifest.read_paths, ", ")));
  text += field("environment", fmt::format("{}", fmt::join(manifest.environment, ", ")));
  text += field("options", manifest.options);
  text += field("programs", manifest.may_start_programs ? "may start programs" : "");
  text += field("scratch", manifest.scratch_bytes == 0 ? "" : bytes_text(manifest.scratch_bytes));
  text += field("default runs", manifest.in_default_runs ? "" : "only when named");
  return text;
}

std::string library_text(const plan::Probed& probed) {
  std::string text =
      fmt::format("library {} ({})\n", printable(probed.library.string()), bytes_text(probed.library_bytes));
  if (!probed.elf) return text;
  text += field("machine", probed.elf->machine);
  text += field("abi majors", fmt::format("{}", fmt::join(probed.elf->plugin_majors, ", ")));
  for (const auto& symbol : probed.elf->exported) text += field("exports", symbol);
  for (const auto& runpath : probed.elf->runpaths) text += field("runpath", runpath);
  for (const auto& needed : probed.needed)
    text +=
        field("needs", fmt::format("{} → {}", needed.name, needed.found.empty() ? "not found" : needed.found.string()));
  return text;
}

std::string as_text(const plan::Probed& probed, const Paper& paper) {
  std::string text = library_text(probed);
  if (probed.manifest) text += manifest_text(*probed.manifest);
  const auto list = [&](const std::vector<Error>& errors, const char* label, Tone tone) {
    for (const auto& error : errors) {
      text += fmt::format("{} {}\n", painted(label, tone, paper.colour), printable(error.what));
      if (!error.where.empty()) text += fmt::format("  at: {}\n", printable(error.where));
      if (!error.hint.empty()) text += fmt::format("  hint: {}\n", printable(error.hint));
    }
  };
  list(probed.problems, "problem:", Tone::bad);
  list(probed.notes, "note:", Tone::warning);
  if (probed.problems.empty()) text += painted("can be loaded here", Tone::good, paper.colour) + "\n";
  return text;
}

Json as_json(const plan::Probed& probed) {
  Json json{{"library", probed.library.string()}, {"library_byte", probed.library_bytes}};
  if (probed.elf) {
    json["elf"] = {{"machine", probed.elf->machine},
                   {"abi_majors", probed.elf->plugin_majors},
                   {"exported", probed.elf->exported},
                   {"runpaths", probed.elf->runpaths},
                   {"needed", Json::array()}};
    for (const auto& needed : probed.needed)
      json["elf"]["needed"].push_back({{"name", needed.name}, {"found", needed.found.string()}});
  }
  if (const auto& manifest = probed.manifest)
    json["manifest"] = {{"file", manifest->manifest.string()},
                        {"name", manifest->name},
                        {"abi", manifest->abi},
                        {"architecture", manifest->architecture},
                        {"description", manifest->description},
                        {"install_hint", manifest->install_hint},
                        {"in_default_runs", manifest->in_default_runs},
                        {"device_nodes", manifest->device_nodes},
                        {"read_paths", manifest->read_paths},
                        {"environment", manifest->environment},
                        {"may_start_programs", manifest->may_start_programs},
                        {"scratch_byte", manifest->scratch_bytes},
                        {"options", manifest->options}};
  for (const auto& [key, errors] : {std::pair{"problems", &probed.problems}, std::pair{"notes", &probed.notes}}) {
    json[key] = Json::array();
    for (const auto& error : *errors) json[key].push_back(to_json(error));
  }
  return json;
}

}  // namespace

Result<int> probe(const ProbeCommand& command, Console& console) {
  const auto probed = plan::probe_plugin(command.file);
  if (command.format == Format::json) {
    print_json(as_json(probed), console);
  } else {
    console.data(as_text(probed, console.paper()));
  }
  return probed.problems.empty() ? exit_ok : exit_code(probed.problems.front().kind);
}

}  // namespace chipfit::cli
