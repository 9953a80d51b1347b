// A manifest or plan of any bytes is refused at a place inside it, and what is accepted as a plan keeps its hash.
#include <cstddef>
#include <cstdint>
#include <string>

#include "harness/plan/json_text.hpp"
#include "harness/plan/plan.hpp"
#include "tests/fuzz/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chipfit;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto json = plan::parse_json_object(text, "x.json");
  if (!json) {
    FUZZ_CHECK(json.error().kind == Error::Kind::bad_data && json.error().where.starts_with("x.json"));
    return 0;
  }
  const auto planned = plan::from_json(*json);
  if (!planned) {
    FUZZ_CHECK(planned.error().kind == Error::Kind::bad_data && !planned.error().what.empty());
    return 0;
  }
  const auto again = plan::from_json(plan::to_json(*planned));
  FUZZ_CHECK(again && plan::plan_sha256(*again) == plan::plan_sha256(*planned));
  return 0;
}
