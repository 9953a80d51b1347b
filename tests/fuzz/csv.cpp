// Reading ends, positions lie inside the text, and what was read is the same after writing and reading it again.
#include "kernels/base/csv.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/fuzz/check.hpp"

namespace {

using chipfit::csv::Reader;
using chipfit::csv::Record;

// All sound records; counts the faults.
std::vector<std::vector<std::string>> read_all(std::string_view text, std::size_t& faults) {
  Reader reader("x", text);
  Record record;
  std::vector<std::vector<std::string>> rows;
  std::size_t last_line = 0;
  while (true) {
    const auto more = reader.next(record);
    if (!more) {
      FUZZ_CHECK(more.error().kind == chipfit::Error::Kind::bad_data);
      FUZZ_CHECK(more.error().where.starts_with("x:"));
      ++faults;
      FUZZ_CHECK(faults <= text.size());
      continue;
    }
    if (!*more) {
      const bool ends_with_line_end = text.empty() || text.back() == '\n';
      FUZZ_CHECK(reader.last_record_torn() || ends_with_line_end || (rows.empty() && faults == 0));
      return rows;
    }
    FUZZ_CHECK(!record.fields.empty());
    FUZZ_CHECK(record.fields.size() == record.columns.size() && record.fields.size() == record.lines.size());
    FUZZ_CHECK(record.line > last_line);
    last_line = record.lines.back();
    rows.push_back(record.fields);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::size_t faults = 0;
  const auto rows = read_all({reinterpret_cast<const char*>(data), size}, faults);
  std::string written;
  for (const auto& row : rows) written += chipfit::csv::line(row) + "\n";
  faults = 0;
  FUZZ_CHECK(read_all(written, faults) == rows);
  FUZZ_CHECK(faults == 0);
  return 0;
}
