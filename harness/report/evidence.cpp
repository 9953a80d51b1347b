#include "harness/report/evidence.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/report/side_files.hpp"
#include "harness/results/digest.hpp"
#include "harness/results/result_files.hpp"
#include "harness/results/run_folder.hpp"

namespace chipfit::report {
namespace {

namespace fs = std::filesystem;

Result<void> load_file(const fs::path& file, Evidence& evidence) {
  auto read = results::read_results(file);
  if (!read) return pass_on(read.error());
  if (read->torn_line) evidence.notes.push_back(fmt::format("{}: the torn last line is left out", file.string()));
  Source source;
  source.first_row = evidence.rows.size();
  source.rows = read->rows.size();
  auto digest = results::sha256_file(file);
  if (!digest) return pass_on(digest.error());
  source.results_sha256 = std::move(*digest);
  const auto folder = file.parent_path();
  if (file.filename() == "results.csv") {
    if (auto manifest = results::read_manifest(folder)) {
      source.manifest = std::move(*manifest);
      source.manifest_sha256 = results::sha256_file(folder / "manifest.json").value_or("");
    } else if (manifest.error().kind != Error::Kind::missing) {
      return pass_on(manifest.error());
    }
  }
  source.name = source.manifest ? source.manifest->run_id : file.filename().string();
  std::ranges::move(read->rows, std::back_inserter(evidence.rows));
  if (file.filename() == "results.csv") {
    if (auto loaded = load_spreads(folder / "samples.csv", source, evidence); !loaded) return loaded;
    if (auto loaded = load_tracks(folder / "telemetry.csv", evidence); !loaded) return loaded;
  }
  evidence.sources.push_back(std::move(source));
  return {};
}

}  // namespace

Result<Evidence> load_evidence(std::span<const fs::path> paths) {
  Evidence evidence;
  for (const auto& path : paths) {
    const auto files = results::result_files(path);
    if (!files) return pass_on(files.error());
    for (const auto& file : *files) {
      if (auto loaded = load_file(file, evidence); !loaded) return pass_on(loaded.error());
    }
  }
  return evidence;
}

}  // namespace chipfit::report
