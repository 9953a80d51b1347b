// Lists of expected failures of any bytes are refused at a place inside them, or every entry has cases and a reason;
// and no pattern takes for ever.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "harness/conformance/lists.hpp"
#include "tests/fuzz/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chipfit;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto lists = conformance::parse_lists(text, "x.csv");
  if (!lists) {
    FUZZ_CHECK(lists.error().kind == Error::Kind::bad_data && lists.error().where.starts_with("x.csv:"));
  } else {
    for (const auto& entry : lists->entries) {
      FUZZ_CHECK(!entry.cases.empty() && !entry.reason.empty() && entry.where.starts_with("x.csv:"));
      FUZZ_CHECK(conformance::matches("*", entry.cases));
    }
  }
  const auto half = size / 2;
  if (conformance::matches(text.substr(0, half), text.substr(half)))
    FUZZ_CHECK(conformance::matches("*", text.substr(half)));
  return 0;
}
