#include "harness/bundle/archive.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string_view>

namespace chipfit::bundle {
namespace {

struct FreeWriter {
  void operator()(archive* writer) const { archive_write_free(writer); }
};
struct FreeReader {
  void operator()(archive* reader) const { archive_read_free(reader); }
};
struct FreeEntry {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

la_ssize_t append(archive*, void* text, const void* bytes, std::size_t count) {
  static_cast<std::string*>(text)->append(static_cast<const char*>(bytes), count);
  return static_cast<la_ssize_t>(count);
}

std::string message(archive* handle) {
  const char* text = archive_error_string(handle);
  return text == nullptr ? "unknown error" : text;
}

/// Adds entries to what was read so far.
class Reader {
 public:
  Reader(archive* handle, const std::string& where) : handle_(handle), where_(where) {}

  Result<Files> read() {
    for (;;) {
      archive_entry* entry = nullptr;
      const int status = archive_read_next_header(handle_, &entry);
      if (status == ARCHIVE_EOF) break;
      if (status != ARCHIVE_OK) return bad(fmt::format("not a tar archive, or a damaged one: {}", message(handle_)));
      if (auto taken = take(entry); !taken) return pass_on(taken.error());
    }
    if (files_.empty()) return bad("the archive is empty");
    return std::move(files_);
  }

 private:
  tl::unexpected<Error> bad(std::string what) const {
    return fail(Error::Kind::bad_data, std::move(what), where_, "chipfit pack makes bundles that can be read");
  }

  Result<void> take(archive_entry* entry) {
    const char* raw = archive_entry_pathname(entry);
    const std::string path = raw == nullptr ? "" : raw;
    const auto slash = path.find('/');
    const auto folder = path.substr(0, slash);
    const auto refuse = [&](std::string_view why) { return bad(fmt::format("entry '{}': {}", path, why)); };
    if (slash == std::string::npos || !is_file_name(folder))
      return refuse("every file lies in one folder of a plain name");
    if (root_.empty()) root_ = folder;
    if (folder != root_) return refuse(fmt::format("it lies outside of '{}'", root_));
    const auto name = path.substr(slash + 1);
    const bool is_link = archive_entry_hardlink(entry) != nullptr || archive_entry_symlink(entry) != nullptr;
    if (is_link || archive_entry_filetype(entry) != AE_IFREG) {
      if (name.empty() && archive_entry_filetype(entry) == AE_IFDIR) return {};  // the folder itself
      return refuse("only plain files are taken, no links, devices or folders");
    }
    if (!is_file_name(name)) return refuse("not the plain name of a file");
    if (files_.contains(name)) return refuse("it is there twice");
    if (files_.size() >= most_files) return refuse(fmt::format("more than {} files", most_files));
    return content(name, files_[name]);
  }

  Result<void> content(const std::string& name, std::string& target) {
    for (;;) {
      const void* block = nullptr;
      std::size_t size = 0;
      la_int64_t offset = 0;
      const int status = archive_read_data_block(handle_, &block, &size, &offset);
      if (status == ARCHIVE_EOF) return {};
      if (status != ARCHIVE_OK) return bad(fmt::format("entry '{}': {}", name, message(handle_)));
      total_ += size;
      // A hole would make memory out of nothing: no writer of bundles leaves one.
      if (offset < 0 || static_cast<std::uint64_t>(offset) != target.size())
        return bad(fmt::format("entry '{}': a sparse file", name));
      if (total_ > largest_bundle) return bad(fmt::format("more than {} bytes", largest_bundle));
      target.append(static_cast<const char*>(block), size);
    }
  }

  archive* handle_;
  const std::string& where_;
  std::string root_;
  Files files_;
  std::uint64_t total_ = 0;
};

}  // namespace

bool is_file_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-' || c == '+';
  };
  return !name.empty() && name.size() <= 128 && name.front() != '.' && name.front() != '-' &&
         std::all_of(name.begin(), name.end(), fits);
}

Result<std::string> write_archive(const std::string& root, const Files& files) {
  std::string bytes;
  const std::unique_ptr<archive, FreeWriter> writer(archive_write_new());
  const auto broken = [&] {
    return fail(Error::Kind::internal, fmt::format("cannot write the archive: {}", message(writer.get())));
  };
  if (!writer || archive_write_set_format_ustar(writer.get()) != ARCHIVE_OK ||
      archive_write_open(writer.get(), &bytes, nullptr, append, nullptr) != ARCHIVE_OK)
    return broken();
  for (const auto& [name, content] : files) {
    const std::unique_ptr<archive_entry, FreeEntry> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), (root + "/" + name).c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), name.ends_with(".so") ? 0755 : 0644);
    if (archive_write_header(writer.get(), entry.get()) != ARCHIVE_OK) return broken();
    if (archive_write_data(writer.get(), content.data(), content.size()) != static_cast<la_ssize_t>(content.size()))
      return broken();
  }
  if (archive_write_close(writer.get()) != ARCHIVE_OK) return broken();
  return bytes;
}

Result<Files> read_archive(std::span<const char> bytes, const std::string& where) {
  const std::unique_ptr<archive, FreeReader> reader(archive_read_new());
  // Tar alone, uncompressed: a filter could make gigabytes out of a few bytes.
  if (!reader || archive_read_support_format_tar(reader.get()) != ARCHIVE_OK ||
      archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK)
    return fail(Error::Kind::bad_data, "not a tar archive", where, "chipfit pack makes bundles that can be read");
  return Reader(reader.get(), where).read();
}

}  // namespace chipfit::bundle
