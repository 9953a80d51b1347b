#include "harness/results/row_stream.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "harness/results/system_error.hpp"

namespace chipfit::results {
namespace {

class OpenFile {
 public:
  explicit OpenFile(int fd) : fd_(fd) {}
  ~OpenFile() { ::close(fd_); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

std::string_view wanted(ColumnType type) {
  switch (type) {
    case ColumnType::integer:
      return "whole number";
    case ColumnType::real:
      return "finite number";
    case ColumnType::time:
      return "UTC time such as 2026-11-22T08:47:33Z";
    case ColumnType::text:
      break;
  }
  return "text";
}

}  // namespace

Result<csv::Scanner::Source> file_source(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT)
    return fail(Error::Kind::missing, "no such file", path.string(), "give a run's folder or its results.csv");
  if (fd < 0) return io_failure("opening", path, errno);
  auto file = std::make_shared<const OpenFile>(fd);
  struct stat status {};
  if (::fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) return io_failure("reading", path, EISDIR);
  return csv::Scanner::Source([file, path](char* buffer, std::size_t room) -> Result<std::size_t> {
    ssize_t got = 0;
    do got = ::read(file->fd(), buffer, room);
    while (got < 0 && errno == EINTR);
    if (got < 0) return io_failure("reading", path, errno);
    return static_cast<std::size_t>(got);
  });
}

Result<RowStream> RowStream::open(const std::filesystem::path& path) {
  auto source = file_source(path);
  if (!source) return pass_on(source.error());
  RowStream stream;
  stream.scanner_ = std::make_unique<csv::Scanner>(path.string(), std::move(*source));
  if (const auto header = stream.read_header(path.string()); !header) return pass_on(header.error());
  return stream;
}

Result<RowStream> RowStream::of_text(const std::string& name, std::string_view text) {
  RowStream stream;
  auto source = [rest = text](char* buffer, std::size_t room) mutable -> Result<std::size_t> {
    const auto taken = rest.copy(buffer, room);
    rest.remove_prefix(taken);
    return taken;
  };
  // Small texts need no large blocks.
  const auto block = std::clamp<std::size_t>(text.size() + 1, std::size_t{1} << 12, std::size_t{1} << 20);
  stream.scanner_ = std::make_unique<csv::Scanner>(name, std::move(source), block);
  if (const auto header = stream.read_header(name); !header) return pass_on(header.error());
  return stream;
}

Result<void> RowStream::read_header(const std::string& path) {
  const auto more = scanner_->next();
  if (!more && !scanner_->in_torn_line()) return pass_on(more.error());
  if (!more || !*more || scanner_->in_torn_line())
    return fail(Error::Kind::bad_data, "the file has no header", path + ":1:1", "this is no result file of chipfit");
  field_.fill(absent);
  fields_ = scanner_->field_count();
  for (std::size_t i = 0; i < fields_; ++i) {
    const auto column = find_column(scanner_->field(i));
    if (!column) continue;
    if (has(*column))
      return fail(Error::Kind::bad_data, fmt::format("column '{}' stands here twice", scanner_->field(i)),
                  scanner_->where(i), "keep one of the two");
    field_[static_cast<std::size_t>(*column)] = i;
  }
  for (const Column needed :
       {Column::schema, Column::case_id, Column::backend, Column::device_uid, Column::launch, Column::verdict}) {
    if (!has(needed))
      return fail(Error::Kind::bad_data, fmt::format("the header has no column '{}'", info(needed).name),
                  scanner_->where(0), "this is no result file of chipfit; its columns are in docs/result-columns.md");
  }
  return {};
}

Result<bool> RowStream::next() {
  const auto more = scanner_->next();
  // A run that was killed, or a copy that was cut off.
  if (scanner_->in_torn_line()) {
    torn_ = true;
    return false;
  }
  if (!more) return pass_on(more.error());
  if (!*more) return false;
  if (scanner_->field_count() != fields_)
    return fail(Error::Kind::bad_data,
                fmt::format("{} fields, but the header has {}", scanner_->field_count(), fields_),
                scanner_->where(std::min(scanner_->field_count(), fields_)),
                "a comma inside a text needs quotes around the text");
  if (text(Column::schema) != schema_name)
    return fail(Error::Kind::bad_data, fmt::format("schema '{}' is not {}", text(Column::schema), schema_name),
                where(Column::schema), "the file was written by another version of chipfit");
  return true;
}

Result<void> RowStream::check(Column column) const {
  const ColumnInfo& about = info(column);
  if (fits(about.type, text(column))) return {};
  return fail(Error::Kind::bad_data, fmt::format("'{}' is no {} ({})", text(column), wanted(about.type), about.name),
              where(column), "leave the cell empty where nothing was measured");
}

std::string RowStream::where(Column column) const {
  return scanner_->where(field_[static_cast<std::size_t>(column)]);
}

}  // namespace chipfit::results
