#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "harness/results/digest.hpp"
#include "harness/results/manifest.hpp"
#include "harness/results/run_folder.hpp"
#include "harness/results/whole_file.hpp"

namespace chipfit::results {
namespace {

constexpr std::string_view kStateFile = "last-manifest.sha256";

bool is_sha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string one_line_of(const Error& error) {
  return error.where.empty() ? error.what : fmt::format("{}: {}", error.where, error.what);
}

/// The manifest that a resume is about to replace, and those that it replaced itself.
std::vector<SupersededManifest> superseded_in(const std::filesystem::path& folder) {
  const auto old = read_manifest(folder);
  if (!old) return {};
  auto list = old->superseded;
  const auto digest = sha256_file(folder / "manifest.json");
  // One that was never sealed has no successor that names it.
  if (digest && !old->finished_utc.empty()) list.push_back({*digest, old->finished_utc});
  return list;
}

}  // namespace

std::filesystem::path default_state_folder() {
  // An XDG path that is not absolute is to be ignored (XDG base directory specification 0.8).
  if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && state[0] == '/') {
    return std::filesystem::path(state) / "chipfit";
  }
  if (const char* home = std::getenv("HOME"); home != nullptr && home[0] == '/') {
    return std::filesystem::path(home) / ".local/state/chipfit";
  }
  return {};
}

Result<std::vector<FileDigest>> digest_folder(const std::filesystem::path& folder) {
  std::vector<FileDigest> files;
  std::error_code error;
  std::filesystem::directory_iterator entries(folder, error);
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    const std::string name = entries->path().filename().string();
    if (!std::filesystem::is_regular_file(entries->symlink_status()) || name.starts_with("SHA256SUMS") ||
        name.find(temporary_mark) != std::string::npos) {
      continue;
    }
    auto digest = sha256_file(entries->path());
    if (!digest) return fail(Error::Kind::io, digest.error().what, digest.error().where);
    files.push_back({name, std::move(*digest)});
  }
  if (error) return fail(Error::Kind::io, fmt::format("cannot be listed: {}", error.message()), folder.string());
  std::ranges::sort(files, {}, &FileDigest::path);
  return files;
}

Result<SealedRun> seal_run(const std::filesystem::path& folder, Manifest& manifest,
                           const std::filesystem::path& state_folder) {
  SealedRun sealed;
  if (manifest.finished_utc.empty()) manifest.finished_utc = utc_timestamp();
  manifest.superseded = superseded_in(folder);
  auto files = digest_folder(folder);
  if (!files) return pass_on(files.error());
  std::erase_if(*files, [](const FileDigest& file) { return file.path == "manifest.json"; });
  manifest.files = *files;

  const auto state = state_folder / kStateFile;
  manifest.previous_manifest_sha256.clear();
  if (!state_folder.empty()) {
    const auto last = read_whole(state);
    if (last && is_sha256(last->substr(0, 64))) {
      manifest.previous_manifest_sha256 = last->substr(0, 64);
    } else if (last) {
      sealed.notes.push_back(
          fmt::format("{}: holds no SHA-256, so the chain of manifests starts anew", state.string()));
    } else if (last.error().kind != Error::Kind::missing) {
      sealed.notes.push_back(one_line_of(last.error()));
    }
  }
  if (auto written = write_manifest(folder, manifest); !written) return pass_on(written.error());
  auto digest = sha256_file(folder / "manifest.json");
  if (!digest) return fail(Error::Kind::io, digest.error().what, digest.error().where);
  sealed.manifest_sha256 = std::move(*digest);

  files->push_back({"manifest.json", sealed.manifest_sha256});
  std::ranges::sort(*files, {}, &FileDigest::path);
  std::string sums;
  for (const FileDigest& file : *files) sums += fmt::format("{}  {}\n", file.sha256, file.path);
  if (auto written = write_whole(folder / "SHA256SUMS", sums); !written) return pass_on(written.error());

  if (state_folder.empty()) {
    sealed.notes.push_back("neither XDG_STATE_HOME nor HOME is set, so the next run will not name this manifest");
    return sealed;
  }
  std::error_code error;
  std::filesystem::create_directories(state_folder, error);
  if (error) {
    sealed.notes.push_back(fmt::format("{}: cannot be made ({}), so the next run will not name this manifest",
                                       state_folder.string(), error.message()));
  } else if (auto written = write_whole(state, sealed.manifest_sha256 + "\n"); !written) {
    sealed.notes.push_back(one_line_of(written.error()) + ", so the next run will not name this manifest");
  }
  return sealed;
}

}  // namespace chipfit::results
