#include "harness/sign/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/results/digest.hpp"
#include "harness/results/manifest.hpp"
#include "harness/results/run_folder.hpp"
#include "harness/sign/sign.hpp"
#include "harness/sign/ssh_keygen.hpp"

namespace chipfit::sign {
namespace {

namespace fs = std::filesystem;

std::string short_digest(const std::string& sha256) {
  return sha256.substr(0, 12) + "…";
}

void check_signature(const fs::path& folder, const fs::path& allowed, CheckedRun& run) {
  const auto signature = folder / "SHA256SUMS.sig", sums = folder / "SHA256SUMS";
  std::error_code error;
  if (!fs::exists(signature, error)) {
    (allowed.empty() ? run.notes : run.faults).push_back("not signed: self-reported / 自测");
    return;
  }
  const auto key = fitting_key(sums, signature, results_purpose);
  if (!key) {
    run.faults.push_back("SHA256SUMS.sig: " + key.error().what);
    return;
  }
  run.key = *key;
  if (allowed.empty()) {
    run.notes.push_back(fmt::format("signed by {}, whom nobody is known to be: --allowed FILE names signers", run.key));
    return;
  }
  const auto signer = signer_of(sums, signature, allowed, results_purpose);
  if (signer) {
    run.signer = signer->principal;
  } else {
    run.faults.push_back(signer.error().what);
  }
}

struct Run {
  fs::path folder;
  std::optional<results::Manifest> manifest;
  std::string manifest_sha256;
};

Result<std::vector<Run>> runs_in(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return fail(Error::Kind::missing, "there is no such folder", folder.string(),
                "name a run folder, or a folder of runs");
  }
  std::vector<fs::path> folders;
  const auto is_run = [&](const fs::path& path) {
    return fs::exists(path / "results.csv", error) || fs::exists(path / "manifest.json", error);
  };
  if (is_run(folder)) {
    folders.push_back(folder);
  } else {
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
      if (is_run(entry->path())) folders.push_back(entry->path());
    }
  }
  if (folders.empty()) return fail(Error::Kind::missing, "there is no run in this folder", folder.string());
  std::ranges::sort(folders);  // a run id begins with the time of its start
  std::vector<Run> runs;
  for (auto& path : folders) {
    Run run{std::move(path), std::nullopt, {}};
    if (auto manifest = results::read_manifest(run.folder)) run.manifest = std::move(*manifest);
    run.manifest_sha256 = results::sha256_file(run.folder / "manifest.json").value_or("");
    runs.push_back(std::move(run));
  }
  return runs;
}

/// Chains of manifests: each machine's runs name the one before.
void check_chain(const std::vector<Run>& runs, std::vector<CheckedRun>& checked) {
  std::set<std::string> known;
  for (const auto& run : runs) {
    known.insert(run.manifest_sha256);
    if (!run.manifest) continue;
    for (const auto& old : run.manifest->superseded) known.insert(old.sha256);
  }
  std::set<std::string> begun;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (!runs[i].manifest) continue;
    const auto host = runs[i].manifest->machine.value("host", std::string());
    const bool first = begun.insert(host).second;
    const auto& before = runs[i].manifest->previous_manifest_sha256;
    if (before.empty()) {
      if (!first) checked[i].notes.push_back("names no run before it: the chain of this machine was started anew");
    } else if (!known.contains(before)) {
      auto text = fmt::format("the run before it on this machine (manifest {}) is not here", short_digest(before));
      (first ? checked[i].notes : checked[i].faults).push_back(first ? text : "a run is missing: " + text);
    }
  }
}

}  // namespace

Result<std::vector<std::string>> digest_faults(const fs::path& folder) {
  const auto sums = results::read_whole(folder / "SHA256SUMS");
  if (!sums) {
    return fail(sums.error().kind, "the run has no SHA256SUMS", folder.string(),
                "a run that was killed is not sealed; chipfit run --resume brings it to its end");
  }
  std::map<std::string, std::string> named;
  std::string_view rest = *sums;
  for (std::size_t line = 1; !rest.empty(); ++line) {
    const auto text = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), text.size() + 1));
    if (text.size() < 67 || text.substr(64, 2) != "  ") {
      return fail(Error::Kind::bad_data, "is no line of sha256sum",
                  fmt::format("{}:{}", (folder / "SHA256SUMS").string(), line));
    }
    named.emplace(text.substr(66), text.substr(0, 64));
  }
  const auto files = results::digest_folder(folder);
  if (!files) return pass_on(files.error());
  std::vector<std::string> faults;
  for (const auto& file : *files) {
    const auto found = named.find(file.path);
    if (found == named.end()) {
      faults.push_back(fmt::format("{} is not named in SHA256SUMS", results::one_line(file.path)));
      continue;
    }
    if (found->second != file.sha256) faults.push_back(fmt::format("{} was changed", results::one_line(file.path)));
    named.erase(found);
  }
  for (const auto& [name, digest] : named) faults.push_back(fmt::format("{} is gone", results::one_line(name)));
  return faults;
}

Result<std::vector<CheckedRun>> verify_runs(const fs::path& folder, const fs::path& allowed_signers) {
  const auto runs = runs_in(folder);
  if (!runs) return pass_on(runs.error());
  std::error_code error;
  if (!allowed_signers.empty() && !fs::exists(allowed_signers, error)) {
    return fail(Error::Kind::missing, "there is no such list of signers", allowed_signers.string(),
                "one line for each: `lab@example.org ssh-ed25519 AAAA…` (ssh-keygen(1), ALLOWED SIGNERS)");
  }
  std::vector<CheckedRun> checked;
  for (const auto& run : *runs) {
    CheckedRun one;
    one.name = fs::absolute(run.folder).lexically_normal().filename().string();
    if (one.name.empty()) one.name = run.folder.string();
    if (!run.manifest) one.faults.push_back("manifest.json is missing or cannot be read");
    if (auto faults = digest_faults(run.folder)) {
      one.faults.insert(one.faults.end(), faults->begin(), faults->end());
    } else {
      one.faults.push_back(faults.error().what);
    }
    check_signature(run.folder, allowed_signers, one);
    checked.push_back(std::move(one));
  }
  check_chain(*runs, checked);
  return checked;
}

}  // namespace chipfit::sign
