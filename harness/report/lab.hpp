#pragma once
#include <filesystem>
#include <map>
#include <string>

#include "kernels/base/result.hpp"

namespace chipfit::report {

/// A text of lab.toml: one for both languages, or one for each.
struct LabText {
  std::string zh, en;
  bool empty() const { return zh.empty() && en.empty(); }
};

/// What a laboratory says of a report (`--meta lab.toml`), by key: title, number, laboratory, address, place, customer,
/// item, method, deviations, remarks, issued, tested_by, reviewed_by, authorised_by.
struct Lab {
  std::map<std::string, LabText, std::less<>> texts;
  const LabText& text(std::string_view key) const;
};

/// `key = "text"` or `key = { zh = "…", en = "…" }`. Errors: missing, io; bad_data with file:line:column, did-you-mean.
Result<Lab> read_lab(const std::filesystem::path&);

}  // namespace chipfit::report
