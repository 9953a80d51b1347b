// Any text is either a suite of sound, distinct problems or a list of faults that have a place and a reason.
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "kernels/problem/case_id.hpp"
#include "kernels/suites/suite_reader.hpp"
#include "tests/fuzz/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chipfit;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const SuiteReading reading = read_suite("x.csv", text);
  FUZZ_CHECK(!reading.faults.empty() || !reading.suite.cases.empty());
  for (const Error& fault : reading.faults) {
    FUZZ_CHECK(fault.kind == Error::Kind::bad_data);
    FUZZ_CHECK(fault.where.starts_with("x.csv") && !fault.what.empty() && !fault.hint.empty());
  }
  std::set<std::string> ids;
  for (const SuiteCase& each : reading.suite.cases) {
    FUZZ_CHECK(validate(each.problem));
    FUZZ_CHECK(each.count >= 1);
    const std::string id = case_id(each.problem);
    FUZZ_CHECK(ids.insert(id).second);
    FUZZ_CHECK(parse_case_id(id).value() == each.problem);
  }
  return 0;
}
