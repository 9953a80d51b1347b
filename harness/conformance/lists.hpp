#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/conformance/finding.hpp"
#include "kernels/base/result.hpp"

namespace chipfit::conformance {

/// What a vendor says beforehand about a plugin, in a CSV file `list,cases,duty,reason`:
///
///   list,cases,duty,reason
///   never,gemm:f64:*,,the chip has no f64 units
///   expected,conv_bwd_weights:*:nchw:*,P9,ticket 117: the last row of an odd image
///
/// never: the plugin must answer UNSUPPORTED, now and later. expected: a known failure of that duty, for now.
struct Lists {
  enum class Kind { never, expected };
  struct Entry {
    Kind kind = Kind::never;
    std::string cases;  ///< case id in which * stands for any text
    Duty duty = Duty::abi;
    std::string reason;
    std::string where;  ///< "file:line"
  };
  std::vector<Entry> entries;
};

/// The whole `text` in which * stands for any text, none included.
bool matches(std::string_view pattern, std::string_view text);

/// Errors (bad_data, at file:line:column): another header, a list that does not exist, no cases, no reason, a duty
/// where none belongs or none where one does.
Result<Lists> parse_lists(std::string_view text, const std::string& file);
Result<Lists> load_lists(const std::filesystem::path&);

/// The entry that a case or a finding falls under; null where none does.
const Lists::Entry* never(const Lists&, std::string_view case_id);
const Lists::Entry* expected(const Lists&, const Finding&);

}  // namespace chipfit::conformance
