// Any text is a scheme whose weights, factors and targets can be computed with, or an error with a place inside it.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "harness/fleet/scheme.hpp"
#include "harness/fleet/totals.hpp"
#include "tests/fuzz/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chipfit;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto scheme = fleet::parse_scheme(text, "x.toml");
  if (!scheme) {
    FUZZ_CHECK(scheme.error().kind == Error::Kind::bad_data && scheme.error().where.starts_with("x.toml:"));
    FUZZ_CHECK(!scheme.error().what.empty());
    return 0;
  }
  for (const auto& [types, factor] : scheme->factors) FUZZ_CHECK(factor > 0 && std::isfinite(factor) && !types.empty());
  for (const auto& each : scheme->classes)
    for (const auto& types : each.types) FUZZ_CHECK(scheme->factor(types));
  double sum = 0;
  for (const auto& each : scheme->index) {
    FUZZ_CHECK(each.weight > 0 && each.target > 0);
    sum += each.weight;
  }
  FUZZ_CHECK(scheme->index.empty() || std::abs(sum - 1) <= 1e-6);
  const auto fleet = fleet::make_fleet({}, std::move(*scheme));
  FUZZ_CHECK(!fleet.index || *fleet.index == 0);  // of no devices
  return 0;
}
