#include "harness/results/run_folder.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <optional>

#include "kernels/base/csv.hpp"

namespace chipfit::results {
namespace {

std::tm utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  return parts;
}

/// Host name up to its first dot, in characters that are safe in a folder's name.
std::string short_host() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "host";
  std::string host;
  for (const char c : std::string_view(name.data())) {
    if (c == '.' || host.size() == 32) break;
    const bool safe =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    host.push_back(safe ? c : '_');
  }
  return host.empty() ? "host" : host;
}

/// Which column each field of the file is; nothing for columns that are not known.
using Mapping = std::vector<std::optional<Column>>;

Result<Mapping> read_header(const csv::Reader& reader, const csv::Record& header) {
  Mapping mapping;
  for (std::size_t i = 0; i < header.fields.size(); ++i) {
    const auto column = find_column(header.fields[i]);
    if (column && std::ranges::find(mapping, column) != mapping.end()) {
      return fail(Error::Kind::bad_data, fmt::format("column '{}' stands here twice", header.fields[i]),
                  reader.where(header, i), "keep one of the two");
    }
    mapping.push_back(column);
  }
  for (const Column needed :
       {Column::schema, Column::case_id, Column::backend, Column::device_uid, Column::launch, Column::verdict}) {
    if (std::ranges::find(mapping, std::optional(needed)) == mapping.end()) {
      return fail(Error::Kind::bad_data, fmt::format("the header has no column '{}'", info(needed).name),
                  reader.where(header, 0),
                  "this is no result file of chipfit; its columns are in docs/result-columns.md");
    }
  }
  return mapping;
}

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

Result<Row> read_row(const csv::Reader& reader, const csv::Record& record, const Mapping& mapping) {
  if (record.fields.size() != mapping.size()) {
    return fail(Error::Kind::bad_data,
                fmt::format("{} fields, but the header has {}", record.fields.size(), mapping.size()),
                reader.where(record, std::min(record.fields.size(), mapping.size())),
                "a comma inside a text needs quotes around the text");
  }
  Row row;
  for (std::size_t i = 0; i < mapping.size(); ++i) {
    if (!mapping[i]) continue;
    const ColumnInfo& column = info(*mapping[i]);
    const std::string& text = record.fields[i];
    if (!fits(column.type, text)) {
      return fail(Error::Kind::bad_data, fmt::format("'{}' is no {} ({})", text, wanted(column.type), column.name),
                  reader.where(record, i), "leave the cell empty where nothing was measured");
    }
    if (column.id == Column::schema && text != schema_name) {
      return fail(Error::Kind::bad_data, fmt::format("schema '{}' is not {}", text, schema_name),
                  reader.where(record, i), "the file was written by another version of chipfit");
    }
    row.set(column.id, text);
  }
  return row;
}

}  // namespace

std::string new_run_id() {
  std::array<unsigned char, 2> random{};
  // Blocks only before the kernel's pool is filled, early in boot; without it the time still tells runs apart.
  if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) {
    random = {static_cast<unsigned char>(::getpid() >> 8), static_cast<unsigned char>(::getpid())};
  }
  return fmt::format("{:%Y%m%dT%H%M%SZ}-{}-{:02x}{:02x}", utc_now(), short_host(), random[0], random[1]);
}

std::string utc_timestamp() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", utc_now());
}

Result<ResultFile> read_results(const std::filesystem::path& path) {
  auto content = read_whole(path);
  if (!content) return pass_on(content.error());
  ResultFile file;
  std::string_view text = *content;
  if (!text.empty() && !text.ends_with('\n')) {
    file.torn_line = true;
    text = text.substr(0, text.rfind('\n') + 1);  // npos + 1 is 0
  }
  csv::Reader reader(path.string(), text);
  csv::Record record;
  auto more = reader.next(record);
  if (!more) return pass_on(more.error());
  if (!*more) {
    return fail(Error::Kind::bad_data, "the file has no header", path.string() + ":1:1",
                "this is no result file of chipfit");
  }
  const auto mapping = read_header(reader, record);
  if (!mapping) return pass_on(mapping.error());
  while ((more = reader.next(record)) && *more) {
    auto row = read_row(reader, record, *mapping);
    if (!row) return pass_on(row.error());
    file.rows.push_back(std::move(*row));
  }
  if (!more) return pass_on(more.error());
  return file;
}

std::string header_line() {
  std::vector<std::string> names;
  for (const ColumnInfo& column : all_columns()) names.emplace_back(column.name);
  return csv::line(names);
}

std::string to_line(const Row& row) {
  std::vector<std::string> cells;
  for (const ColumnInfo& column : all_columns()) cells.push_back(row.text(column.id));
  cells.front() = schema_name;
  return csv::line(cells) + "\n";
}

}  // namespace chipfit::results
