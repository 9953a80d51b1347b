#include "harness/results/run_folder.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <ctime>

#include "harness/results/row_stream.hpp"
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
  auto stream = RowStream::open(path);
  if (!stream) return pass_on(stream.error());
  ResultFile file;
  while (true) {
    const auto more = stream->next();
    if (!more) return pass_on(more.error());
    if (!*more) break;
    Row row;
    for (const ColumnInfo& column : all_columns()) {
      if (!stream->has(column.id)) continue;
      if (const auto sound = stream->check(column.id); !sound) return pass_on(sound.error());
      row.set(column.id, stream->text(column.id));
    }
    file.rows.push_back(std::move(row));
  }
  file.torn_line = stream->torn_line();
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

std::string to_text(const std::vector<Row>& rows) {
  std::string text = header_line() + "\n";
  for (const Row& row : rows) text += to_line(row);
  return text;
}

}  // namespace chipfit::results
