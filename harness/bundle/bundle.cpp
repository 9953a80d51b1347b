#include "harness/bundle/bundle.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>

#include "harness/plan/json_text.hpp"
#include "harness/results/digest.hpp"
#include "harness/results/run_folder.hpp"

namespace chipfit::bundle {
namespace {

namespace fs = std::filesystem;

/// A folder of our own that is gone with the object: ssh-keygen signs and verifies files only.
class PrivateFolder {
 public:
  static Result<PrivateFolder> make() {
    std::error_code failed;
    std::string pattern = (fs::temp_directory_path(failed) / "chipfit-bundle-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr)
      return fail(Error::Kind::io, "cannot make a folder for the signature", pattern, "TMPDIR chooses another place");
    PrivateFolder folder;
    folder.path_ = pattern;
    return folder;
  }
  PrivateFolder(PrivateFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  PrivateFolder& operator=(PrivateFolder&&) = delete;
  ~PrivateFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  PrivateFolder() = default;
  fs::path path_;
};

std::string sums_of(const Files& files) {
  std::string text;
  for (const auto& [name, content] : files) text += fmt::format("{}  {}\n", results::sha256(content), name);
  return text;
}

tl::unexpected<Error> changed(std::string what, const std::string& where) {
  return fail(Error::Kind::bad_data, std::move(what), where,
              "the bundle was changed or damaged after it was packed: send it again, or pack it again");
}

const std::string* find(const Files& files, std::string_view name) {
  const auto found = files.find(std::string(name));
  return found == files.end() ? nullptr : &found->second;
}

Result<void> check_sums(const Files& files, const std::string& where) {
  const std::string* text = find(files, sums_name);
  if (text == nullptr) return changed(fmt::format("there is no {}", sums_name), where);
  const auto sums = parse_sums(*text, fmt::format("{}: {}", where, sums_name));
  if (!sums) return pass_on(sums.error());
  std::set<std::string> named{std::string(sums_name), std::string(signature_name)};
  for (const Sum& sum : *sums) {
    const std::string* content = find(files, sum.name);
    if (content == nullptr) return changed(fmt::format("{} is missing", sum.name), where);
    if (results::sha256(*content) != sum.digest)
      return changed(fmt::format("{} is not what was signed", sum.name), where);
    named.insert(sum.name);
  }
  for (const auto& [name, content] : files)
    if (!named.contains(name)) return changed(fmt::format("{} was added: {} does not name it", name, sums_name), where);
  return {};
}

}  // namespace

Result<void> pack(const Index& index, Files files, const fs::path& key, const fs::path& target) {
  for (const auto name : {sums_name, signature_name}) files.erase(std::string(name));  // of a bundle it came from
  files[std::string(index_name)] = to_text(index);
  files[std::string(sums_name)] = sums_of(files);
  auto folder = PrivateFolder::make();
  if (!folder) return pass_on(folder.error());
  const fs::path sums = folder->path() / sums_name;
  if (auto written = results::write_whole(sums, files[std::string(sums_name)]); !written) return written;
  if (auto made = sign::sign_file(sums, key, purpose); !made) return made;
  auto signature = results::read_whole(folder->path() / signature_name);
  if (!signature) return pass_on(signature.error());
  files[std::string(signature_name)] = std::move(*signature);
  const auto archive = write_archive(fmt::format("{}-{}", index.plugin, index.chip), files);
  if (!archive) return pass_on(archive.error());
  return results::write_whole(target, *archive);
}

Result<Files> open(const fs::path& bundle) {
  const auto bytes = plan::read_text(bundle, largest_bundle);
  if (!bytes) return pass_on(bytes.error());
  return read_archive(*bytes, bundle.string());
}

Result<Index> check_contents(const Files& files, const std::string& where) {
  if (auto right = check_sums(files, where); !right) return pass_on(right.error());
  const std::string* text = find(files, index_name);
  if (text == nullptr) return changed(fmt::format("there is no {}", index_name), where);
  auto index = parse_index(*text, fmt::format("{}: {}", where, index_name));
  if (!index) return index;
  for (const std::string& name : {index->library, index->manifest, index->check, index->notes, index->expected})
    if (!name.empty() && !files.contains(name))
      return changed(fmt::format("{} names {}, which is not there", index_name, name), where);
  return index;
}

Result<Unpacked> unpack(const fs::path& bundle, const Files& files, const Index& index, const fs::path& folder) {
  const auto digest = results::sha256_file(bundle);
  if (!digest) return pass_on(digest.error());
  Unpacked unpacked{folder / ("bundle-" + digest->substr(0, 16)), *digest, index};
  std::error_code failed;
  fs::remove_all(unpacked.folder, failed);
  if (!failed) fs::create_directories(unpacked.folder, failed);
  if (failed)
    return fail(Error::Kind::io, fmt::format("cannot make the folder: {}", failed.message()), unpacked.folder.string());
  for (const auto& [name, content] : files)
    if (auto written = results::write_whole(unpacked.file(name), content); !written) return pass_on(written.error());
  return unpacked;
}

Result<sign::Signer> signer_of(const Files& files, const fs::path& signers, const std::string& where) {
  auto folder = PrivateFolder::make();
  if (!folder) return pass_on(folder.error());
  for (const auto name : {sums_name, signature_name}) {
    const std::string* content = find(files, name);
    if (content == nullptr)
      return fail(Error::Kind::bad_data, fmt::format("there is no {}", name), where, "pack it with --key KEY");
    if (auto written = results::write_whole(folder->path() / name, *content); !written) return pass_on(written.error());
  }
  return sign::signer_of(folder->path() / sums_name, folder->path() / signature_name, signers, purpose);
}

}  // namespace chipfit::bundle
