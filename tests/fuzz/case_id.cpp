// What the case-id parser accepts is a sound problem whose name is stable; what it refuses it explains.
#include "kernels/problem/case_id.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "kernels/problem/fault.hpp"
#include "tests/fuzz/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chipfit;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto problem = parse_case_id(text);
  if (!problem) {
    FUZZ_CHECK(problem.error().kind == Error::Kind::usage);
    FUZZ_CHECK(problem.error().where.starts_with("column "));
    FUZZ_CHECK(std::stoull(problem.error().where.substr(7)) <= size + 1);
    FUZZ_CHECK(!problem.error().what.empty());
    return 0;
  }
  FUZZ_CHECK(!find_fault(*problem));
  const std::string id = case_id(*problem);
  const auto again = parse_case_id(id);
  FUZZ_CHECK(again && *again == *problem && case_id(*again) == id);
  FUZZ_CHECK(flop(*problem) > 0 && traffic_bytes(*problem) > 0);
  const Operands all = operands(*problem);
  FUZZ_CHECK(all.in[0].bytes() > 0 && all.in[1].bytes() > 0 && all.out.bytes() > 0);
  // Its time grows with the shorter of output and filter, 2^31 at most; leave out what takes longer than a moment.
  const auto* conv = std::get_if<ConvProblem>(&*problem);
  if (conv == nullptr || (std::min(conv->r, conv->p()) < 1000 && std::min(conv->s, conv->q()) < 1000)) {
    const std::int64_t in_image = flop_in_image(*problem);
    FUZZ_CHECK(in_image >= 0 && in_image <= flop(*problem));
  }
  return 0;
}
