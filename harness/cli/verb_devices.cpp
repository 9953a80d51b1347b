#include <fmt/format.h>

#include "harness/cli/backend_devices.hpp"
#include "harness/cli/errors.hpp"
#include "harness/cli/isolation_choice.hpp"
#include "harness/cli/json_out.hpp"
#include "harness/cli/text.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/wire/text.hpp"
#include "kernels/base/numbers.hpp"

namespace chipfit::cli {
namespace {

struct Listing {
  std::vector<std::pair<plan::BackendManifest, judge::BackendDevices>> usable;
  std::vector<plan::RejectedBackend> rejected;
};

void ask(const plan::BackendManifest& manifest, const IsolationChoice& isolation, Listing& listing) {
  auto devices = ask_backend(manifest, manifest.options, isolation);
  if (devices) {
    listing.usable.emplace_back(manifest, std::move(devices->devices));
  } else {
    listing.rejected.push_back({manifest.name, manifest.library, devices.error()});
  }
}

nlohmann::ordered_json device_json(const plan::BackendManifest& manifest, const judge::BackendDevices& backend,
                                   std::size_t index) {
  const auto& device = backend.devices[index];
  return {{"backend", manifest.name},
          {"backend_version", backend.plugin.version},
          {"device_index", index},
          {"kind", kind_text(device.kind)},
          {"vendor", wire::field_text(device.vendor)},
          {"name", wire::field_text(device.name)},
          {"arch", wire::field_text(device.arch)},
          {"serial", wire::field_text(device.serial)},
          {"driver", wire::field_text(device.driver)},
          {"runtime", wire::field_text(device.runtime)},
          {"memory_byte", device.memory_bytes},
          {"compute_units", device.compute_units},
          {"threads", device.threads},
          {"in_default_runs", manifest.in_default_runs},
          {"library", manifest.library.string()}};
}

void print(const Listing& listing, Console& console) {
  Table table{{{.title = "backend"},
               {.title = "device", .align = Align::right},
               {.title = "kind"},
               {.title = "name", .shortest = 16},
               {.title = "units", .align = Align::right, .leave_out = 2},
               {.title = "memory", .align = Align::right, .leave_out = 3},
               {.title = "plugin", .leave_out = 1}},
              {}};
  for (const auto& [manifest, backend] : listing.usable) {
    for (std::size_t i = 0; i < backend.devices.size(); ++i) {
      const auto& device = backend.devices[i];
      table.lines.push_back({{{manifest.name},
                              {std::to_string(i)},
                              {kind_text(device.kind)},
                              {printable(wire::field_text(device.name))},
                              {device.compute_units == 0 ? "" : std::to_string(device.compute_units)},
                              {device.memory_bytes == 0 ? "" : bytes_text(device.memory_bytes)},
                              {printable(backend.plugin.version)}},
                             ""});
    }
  }
  const auto& paper = console.paper();
  if (!table.lines.empty()) console.data(render(table, paper.width, paper.colour));
  for (const auto& [name, path, error] : listing.rejected) {
    console.data(fmt::format("{}: {}\n", painted(printable("not used: " + name), Tone::warning, paper.colour),
                             printable(error.what)));
    console.data(fmt::format("  at: {}\n", printable(error.where.empty() ? path.string() : error.where)));
    if (!error.hint.empty()) console.data(fmt::format("  hint: {}\n", printable(error.hint)));
  }
}

}  // namespace

Result<int> devices(const DevicesCommand& command, Console& console) {
  const auto catalog = plan::discover(plan::plugin_folders());
  const auto isolation = choose_isolation("auto", "", console);
  if (!isolation) return pass_on(isolation.error());
  Listing listing;
  if (command.backends.empty()) {
    for (const auto& manifest : catalog.usable) ask(manifest, *isolation, listing);
    listing.rejected.insert(listing.rejected.end(), catalog.rejected.begin(), catalog.rejected.end());
  }
  for (const auto& word : command.backends) {
    const auto manifest = plan::find_backend(catalog, word);
    if (!manifest && manifest.error().kind == Error::Kind::usage) return pass_on(manifest.error());
    if (manifest) {
      ask(*manifest, *isolation, listing);
    } else {
      listing.rejected.push_back({word, word, manifest.error()});
    }
  }
  for (const auto& [manifest, backend] : listing.usable) {
    for (const auto& note : manifest.notes) console.note(note);
  }
  if (command.format == Format::json) {
    nlohmann::ordered_json value{{"devices", nlohmann::json::array()}, {"rejected", nlohmann::json::array()}};
    for (const auto& [manifest, backend] : listing.usable) {
      for (std::size_t i = 0; i < backend.devices.size(); ++i) {
        value["devices"].push_back(device_json(manifest, backend, i));
      }
    }
    for (const auto& [name, path, error] : listing.rejected) {
      auto rejected = to_json(error);
      rejected["backend"] = name;
      rejected["path"] = path.string();
      value["rejected"].push_back(std::move(rejected));
    }
    print_json(value, console);
  } else {
    print(listing, console);
    if (listing.usable.empty()) console.talk("no backend can be used here; chipfit doctor says more");
  }
  const bool asked_one_is_missing = !command.backends.empty() && !listing.rejected.empty();
  return asked_one_is_missing || listing.usable.empty() ? exit_unavailable : exit_ok;
}

}  // namespace chipfit::cli
