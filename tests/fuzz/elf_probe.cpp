// The ELF probe reads any file without a crash, a hang or a read outside it, and always comes to an answer in words.
#include "harness/plan/elf_probe.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

#include "tests/fuzz/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chipfit;
  const plan::ReadAt read = [&](std::uint64_t offset, std::span<std::byte> target) {
    FUZZ_CHECK(offset <= size && target.size() <= size - offset);
    if (!target.empty()) std::memcpy(target.data(), data + offset, target.size());
    return true;
  };
  const auto facts = plan::probe_elf(read, size, "fuzzed.so");
  if (!facts) {
    FUZZ_CHECK(facts.error().kind == Error::Kind::bad_data);
    FUZZ_CHECK(!facts.error().what.empty() && facts.error().where == "fuzzed.so");
    return 0;
  }
  FUZZ_CHECK(!facts->machine.empty());
  const auto usable = plan::usable_here(*facts, "fuzzed.so");
  FUZZ_CHECK(usable || !usable.error().what.empty());
  return 0;
}
