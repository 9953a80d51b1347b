#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "kernels/base/result.hpp"

namespace chipfit::compare {

/// What the A/A runs of a machine have shown: which ratios between equal things occur on it.
struct ProfileEntry {
  std::string host, backend, chip;
  double delta = 0;  ///< 99.5 % of the ratios of equal cases lay within 1/(1 + δ) … 1 + δ
  int cases = 0, launches = 0, false_flags = 0;
  std::string measured_utc, expires_utc;  ///< "2026-11-22T08:47:33Z"
  friend bool operator==(const ProfileEntry&, const ProfileEntry&) = default;
};

/// Days after which a machine has to be measured again: drivers, neighbours and dust change.
constexpr int profile_days = 90;

/// folder/machine-profile.json; no file is an empty profile. Errors: io, bad_data.
Result<std::vector<ProfileEntry>> load_profile(const std::filesystem::path& folder);
/// Adds the entry in place of one of the same host, backend and chip. Errors: io, bad_data.
Result<void> store_in_profile(const std::filesystem::path& folder, const ProfileEntry&);

/// "2026-11-22T08:47:33Z" so many days later. The text itself where it is no time.
std::string days_after(const std::string& utc, int days);

}  // namespace chipfit::compare
