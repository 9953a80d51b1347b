#pragma once
#include <string>
#include <string_view>

#include "kernels/base/result.hpp"

namespace chipfit::sign {

/// What an SSH signature says of itself, before anyone has checked it.
struct SignatureHead {
  std::string name_space;  ///< "chipfit-results"
  std::string key_type;    ///< "ssh-ed25519"
};

/// Reads the armoured text of a signature (OpenSSH's PROTOCOL.sshsig: magic "SSHSIG", version 1, public key,
/// namespace, …). Errors (bad_data) say what is missing.
Result<SignatureHead> read_signature_head(std::string_view armoured);

}  // namespace chipfit::sign
