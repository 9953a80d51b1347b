#include "harness/sign/sign.hpp"

#include <fmt/format.h>

#include "harness/sign/ssh_keygen.hpp"
#include "harness/sign/verify.hpp"

namespace chipfit::sign {

Result<void> check_before_signing(const std::filesystem::path& folder) {
  const auto faults = digest_faults(folder);
  if (!faults) return pass_on(faults.error());
  if (!faults->empty()) {
    return fail(Error::Kind::bad_data, fmt::format("nobody should sign this run: {}", faults->front()), folder.string(),
                fmt::format("chipfit verify {} lists every fault", folder.string()));
  }
  return {};
}

Result<void> sign_run(const std::filesystem::path& folder, const std::filesystem::path& key) {
  if (auto whole = check_before_signing(folder); !whole) return whole;
  return sign_file(folder / "SHA256SUMS", key, results_purpose);
}

}  // namespace chipfit::sign
