#pragma once
#include <filesystem>
#include <string>

#include "kernels/base/result.hpp"

/// Signatures by OpenSSH keys (ssh-keygen -Y, format SSHSIG): no cryptography of our own, and keys that every
/// laboratory has already. A signature's `purpose` is its namespace ("chipfit-bundle"): what is signed for one purpose
/// is not valid for another. Every function fails with unavailable where ssh-keygen is not on PATH or does not end.
namespace chipfit::sign {

/// Whose signature it is.
struct Signer {
  std::string principal;  ///< as the list of signers names the key: "qa@mychip.example"
  std::string key;        ///< "ED25519 SHA256:…"
};

/// Writes `file`.sig, over one that is there. `key` is a private key, or a public one whose private half an ssh-agent
/// holds. Errors: missing (file, key), unavailable (the key cannot be used).
Result<void> sign_file(const std::filesystem::path& file, const std::filesystem::path& key, const std::string& purpose);

/// The key ("ED25519 SHA256:…") by which `signature` fits `file`, whoever holds it. Errors: missing; bad_data where the
/// file was changed, or the signature is damaged or of another purpose.
Result<std::string> fitting_key(const std::filesystem::path& file, const std::filesystem::path& signature,
                                const std::string& purpose);

/// Whose valid signature of `file` lies in `signature`. `signers` has a line for each key that is trusted, as in
/// ssh-keygen(1), ALLOWED SIGNERS: "qa@mychip.example ssh-ed25519 AAAA…". Errors: those of fitting_key; missing (no
/// list); bad_data where the key is not in the list (with the line to add) or the list does not let it sign this.
Result<Signer> signer_of(const std::filesystem::path& file, const std::filesystem::path& signature,
                         const std::filesystem::path& signers, const std::string& purpose);

}  // namespace chipfit::sign
