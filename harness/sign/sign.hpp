#pragma once
#include <filesystem>

#include "kernels/base/result.hpp"

namespace chipfit::sign {

/// Signs folder/SHA256SUMS by `ssh-keygen -Y sign` in our namespace, which writes SHA256SUMS.sig. A folder whose files
/// are not those that SHA256SUMS names is refused: nobody should vouch for it. `key`: a private key file, or a public
/// one whose private half an agent holds. Errors: missing, io, bad_data; unavailable with what ssh-keygen says.
Result<void> sign_run(const std::filesystem::path& ssh_keygen, const std::filesystem::path& folder,
                      const std::filesystem::path& key);

}  // namespace chipfit::sign
