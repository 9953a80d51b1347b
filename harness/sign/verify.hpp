#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "kernels/base/result.hpp"

namespace chipfit::sign {

/// A run folder held against its digests, its signature and the runs beside it.
struct CheckedRun {
  std::string name;                 ///< of the folder
  std::string signer;               ///< whom the allowed signers file names for the key; empty: nobody
  std::string key;                  ///< "ED25519 SHA256:…" of a signature that fits; empty: none does
  std::vector<std::string> faults;  ///< what is wrong, one line each
  std::vector<std::string> notes;   ///< what a reader should know and is not wrong
};

/// How folder and SHA256SUMS differ: files changed, gone, and there without being named. Errors: missing (no
/// SHA256SUMS), io, bad_data (a line that is none).
Result<std::vector<std::string>> digest_faults(const std::filesystem::path& folder);

/// Every run of `folder` (a run, or a folder of runs), in the order of their start. `allowed_signers`: as
/// ssh-keygen(1) reads it; empty: signatures are checked, but nobody is known, which is a note. With it, a run that is
/// not signed by one of them is a fault. A run that names a manifest before it that no run here has, is a fault (a run
/// is missing), but for the first of each machine. Where ssh-keygen is not on this machine, a signature is a fault:
/// nobody checked it. Errors: missing, io.
Result<std::vector<CheckedRun>> verify_runs(const std::filesystem::path& folder,
                                            const std::filesystem::path& allowed_signers);

}  // namespace chipfit::sign
