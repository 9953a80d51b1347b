#include "harness/plan/probe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "harness/plan/library_search.hpp"

namespace chipfit::plan {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view suffix = ".chipfit.json";

void add(std::vector<Error>& errors, Error::Kind kind, std::string what, const fs::path& where, std::string hint) {
  errors.push_back({kind, std::move(what), where.string(), std::move(hint)});
}

/// x.so and x.chipfit.json of either.
std::pair<fs::path, fs::path> pair_of(const fs::path& file) {
  const std::string name = file.string();
  if (name.ends_with(suffix)) return {name.substr(0, name.size() - suffix.size()) + ".so", file};
  fs::path manifest = file;
  manifest.replace_extension(suffix.substr(1));
  return {file, manifest};
}

void look_at_manifest(Probed& probed) {
  std::error_code ignored;
  if (!fs::exists(probed.manifest_file, ignored))
    return add(
        probed.problems, Error::Kind::missing, "the plugin has no manifest beside it", probed.manifest_file,
        fmt::format(R"(chipfit_add_plugin() writes one; by hand at least {{"format": 1, "abi": "1.0", "name": "{}"}})",
                    probed.library.stem().string()));
  auto manifest = read_manifest(probed.manifest_file);
  if (!manifest) {
    probed.problems.push_back(manifest.error());
    return;
  }
  for (const auto& note : manifest->notes) add(probed.notes, Error::Kind::bad_data, note, "", "");
  if (!fs::equivalent(manifest->library, probed.library, ignored))
    add(probed.problems, Error::Kind::bad_data,
        fmt::format("the manifest is of another library: {}", manifest->library.string()), probed.manifest_file,
        fmt::format(R"(write "library": "{}", or leave it out)", probed.library.filename().string()));
  probed.manifest = std::move(*manifest);
}

void look_at_symbols(Probed& probed) {
  const ElfFacts& elf = *probed.elf;
  const auto others = std::count_if(elf.exported.begin(), elf.exported.end(), [](const std::string& symbol) {
    return !symbol.starts_with("chipfit_plugin_query_v");
  });
  if (others == 0) return;
  const auto first = std::find_if(elf.exported.begin(), elf.exported.end(), [](const std::string& symbol) {
    return !symbol.starts_with("chipfit_plugin_query_v");
  });
  add(probed.notes, Error::Kind::bad_data,
      fmt::format("exports {} {} besides its query function, {} first: another library may bind to {}", others,
                  others == 1 ? "symbol" : "symbols", *first, others == 1 ? "it" : "them"),
      probed.library, "build with -fvisibility=hidden and link with -Wl,--version-script=chipfit_plugin.map");
}

void look_at_libraries(Probed& probed) {
  const auto folders = library_folders(*probed.elf, probed.library);
  const std::string install = probed.manifest ? probed.manifest->install_hint : std::string();
  for (const auto& name : probed.elf->needed) {
    auto found = find_library(name, folders);
    if (found.empty())
      add(probed.problems, Error::Kind::unavailable, fmt::format("needs {}, which is not on this machine", name),
          probed.library,
          install.empty() ? "install it, ship it beside the plugin with a runpath of $ORIGIN, or set LD_LIBRARY_PATH"
                          : install);
    probed.needed.push_back({name, std::move(found)});
  }
}

void look_at_library(Probed& probed) {
  auto elf = probe_elf_file(probed.library);
  if (!elf) {
    probed.problems.push_back(elf.error());
    return;
  }
  probed.elf = std::move(*elf);
  if (const auto usable = usable_here(*probed.elf, probed.library.string()); !usable)
    probed.problems.push_back(usable.error());
  if (probed.manifest && !probed.manifest->architecture.empty() && probed.manifest->architecture != probed.elf->machine)
    add(probed.problems, Error::Kind::bad_data,
        fmt::format("the manifest says {}, the library is for {}", probed.manifest->architecture, probed.elf->machine),
        probed.manifest_file, "correct \"architecture\" in the manifest");
  look_at_symbols(probed);
  // Libraries of another machine are looked for there.
  if (probed.elf->machine == this_machine()) look_at_libraries(probed);
}

/// Content that is wrong counts for more than what this machine lacks.
int rank(Error::Kind kind) {
  switch (kind) {
    case Error::Kind::bad_data:
      return 0;
    case Error::Kind::missing:
      return 1;
    default:
      return 2;
  }
}

}  // namespace

Probed probe_plugin(const fs::path& file) {
  Probed probed;
  std::tie(probed.library, probed.manifest_file) = pair_of(file);
  std::error_code failed;
  if (!fs::exists(probed.library, failed)) {
    add(probed.problems, Error::Kind::missing, "no such plugin", probed.library, "");
    return probed;
  }
  probed.library_bytes = fs::file_size(probed.library, failed);
  if (failed) probed.library_bytes = 0;
  look_at_manifest(probed);
  look_at_library(probed);
  std::stable_sort(probed.problems.begin(), probed.problems.end(),
                   [](const Error& a, const Error& b) { return rank(a.kind) < rank(b.kind); });
  return probed;
}

}  // namespace chipfit::plan
