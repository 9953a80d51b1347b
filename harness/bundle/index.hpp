#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "kernels/base/result.hpp"

namespace chipfit::bundle {

/// bundle.json: what the files of a bundle are.
struct Index {
  std::string vendor, chip;  ///< folders of the results: plain names
  std::string plugin;        ///< the backend's name
  std::string version;       ///< of the plugin, as it says of itself
  std::string library;       ///< file names in the bundle
  std::string manifest;
  std::string notes, expected;  ///< may be empty
  std::string check;            ///< the vendor's own check report
  std::string harness_version;  ///< of the chipfit that packed it
};

constexpr std::string_view index_name = "bundle.json";
constexpr std::string_view sums_name = "SHA256SUMS";
constexpr std::string_view signature_name = "SHA256SUMS.sig";

/// JSON with a final LF.
std::string to_text(const Index&);
/// Errors (bad_data): not JSON, another format, a field that is missing, is no text or is no plain name.
Result<Index> parse_index(const std::string& text, const std::string& where);

/// Lines "<64 hex digits>  <name>", as sha256sum -c reads them.
struct Sum {
  std::string digest, name;
};
Result<std::vector<Sum>> parse_sums(std::string_view text, const std::string& where);

}  // namespace chipfit::bundle
