// A plugin's manifest of any bytes is refused at a place inside it, or names a backend that can stand in a case name.
#include <cstddef>
#include <cstdint>
#include <string>

#include "harness/plan/backends.hpp"
#include "tests/fuzz/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chipfit;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto manifest = plan::parse_manifest(text, "/plugins/x.chipfit.json");
  if (!manifest) {
    FUZZ_CHECK(manifest.error().where.starts_with("/plugins/x.chipfit.json") && !manifest.error().what.empty());
    return 0;
  }
  FUZZ_CHECK(!manifest->name.empty() && manifest->name.size() <= 64 && manifest->name.find('/') == std::string::npos);
  FUZZ_CHECK(manifest->library.is_absolute());
  return 0;
}
