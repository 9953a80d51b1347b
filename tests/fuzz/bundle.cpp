// A bundle of any bytes is refused as bad data, or is plain files whose names cannot leave a folder; its index and sums
// likewise.
#include <cstddef>
#include <cstdint>
#include <string>

#include "harness/bundle/bundle.hpp"
#include "tests/fuzz/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chipfit;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  if (const auto files = bundle::read_archive(bytes, "x.tar")) {
    FUZZ_CHECK(!files->empty() && files->size() <= bundle::most_files);
    for (const auto& [name, content] : *files) {
      FUZZ_CHECK(bundle::is_file_name(name) && name.find('/') == std::string::npos);
      FUZZ_CHECK(content.size() <= size);
    }
    const auto again = bundle::read_archive(*bundle::write_archive("x", *files), "x.tar");
    FUZZ_CHECK(again && *again == *files);
    const auto index = bundle::check_contents(*files, "x.tar");
    FUZZ_CHECK(index || index.error().kind == Error::Kind::bad_data);
  } else {
    FUZZ_CHECK(files.error().kind == Error::Kind::bad_data && !files.error().what.empty());
  }
  if (const auto index = bundle::parse_index(bytes, "bundle.json")) {
    FUZZ_CHECK(bundle::is_file_name(index->vendor) && bundle::is_file_name(index->library));
    FUZZ_CHECK(bundle::parse_index(bundle::to_text(*index), "bundle.json"));
  } else {
    FUZZ_CHECK(index.error().where.starts_with("bundle.json"));
  }
  if (const auto sums = bundle::parse_sums(bytes, "SHA256SUMS"))
    for (const auto& sum : *sums) FUZZ_CHECK(sum.digest.size() == 64 && bundle::is_file_name(sum.name));
  return 0;
}
