// The scanner of long files gives the records, the places and the first error of the reader of whole texts, however the
// bytes arrive.
#include "kernels/base/csv_scanner.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tests/fuzz/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chipfit::csv;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const std::size_t block : {1, 3, 8, 4096}) {
    Reader reader("x", text);
    Scanner scanner("x", text_source(text), block);
    Record record;
    while (true) {
      const auto wanted = reader.next(record), got = scanner.next();
      FUZZ_CHECK(wanted.has_value() == got.has_value());
      if (!wanted) {
        FUZZ_CHECK(wanted.error().what == got.error().what && wanted.error().where == got.error().where);
        FUZZ_CHECK(!scanner.next().value());
        break;
      }
      FUZZ_CHECK(*wanted == *got);
      if (!*wanted) break;
      FUZZ_CHECK(scanner.last_record_torn() == reader.last_record_torn());
      FUZZ_CHECK(scanner.line() == record.line);
      FUZZ_CHECK(scanner.field_count() == record.fields.size());
      for (std::size_t i = 0; i < record.fields.size(); ++i) {
        FUZZ_CHECK(scanner.field(i) == record.fields[i]);
        FUZZ_CHECK(scanner.where(i) == reader.where(record, i));
      }
    }
  }
  return 0;
}
