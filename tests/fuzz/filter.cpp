// Any text is a filter or an error with a place; a filter decides about any row without harm, and twice the same.
#include "harness/compare/filter.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tests/fuzz/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chipfit;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto filter = compare::Filter::parse(text);
  if (!filter) {
    FUZZ_CHECK(filter.error().kind == Error::Kind::usage);
    FUZZ_CHECK(filter.error().where.starts_with("column ") && !filter.error().what.empty());
    FUZZ_CHECK(!filter.error().hint.empty());
    return 0;
  }
  for (const std::string_view cell : {std::string_view(), std::string_view("1024"), std::string_view("f16"), text}) {
    const auto lookup = [&](const compare::Key&) { return cell; };
    FUZZ_CHECK(filter->passes(lookup) == filter->passes(lookup));
    FUZZ_CHECK(compare::matches("*", cell) && compare::matches(cell, cell));
  }
  return 0;
}
