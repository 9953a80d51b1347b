#pragma once
#include <filesystem>
#include <string>

#include "kernels/base/result.hpp"

/// Signatures of files by OpenSSH keys (ssh-keygen -Y, format SSHSIG): no cryptography of our own, and keys that every
/// laboratory has already.
namespace chipfit::signing {

/// Whose signature it is.
struct Signer {
  std::string principal;  ///< as the list of signers names the key: "qa@mychip.example"
  std::string key;        ///< "ED25519 SHA256:…"
};

/// Writes `file`.sig. `key` is a private key, or a public one whose private half an ssh-agent holds. `purpose` is the
/// signature's namespace ("chipfit-bundle"): what is signed for one purpose is not valid for another. Errors: missing
/// (file, key), unavailable (no ssh-keygen, key cannot be used), io.
Result<void> sign(const std::filesystem::path& file, const std::filesystem::path& key, const std::string& purpose);

/// Whose valid signature of `file` lies in `signature`. `signers` has a line for each key that is trusted, as in
/// ssh-keygen(1), ALLOWED SIGNERS: "qa@mychip.example ssh-ed25519 AAAA…". Errors: missing, unavailable; bad_data where
/// the file was changed, the signature is damaged or of another purpose, or the key is not in the list (with the line
/// to add).
Result<Signer> verify(const std::filesystem::path& file, const std::filesystem::path& signature,
                      const std::filesystem::path& signers, const std::string& purpose);

}  // namespace chipfit::signing
