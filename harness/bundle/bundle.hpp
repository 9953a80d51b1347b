#pragma once
#include <filesystem>
#include <string>

#include "harness/bundle/archive.hpp"
#include "harness/bundle/index.hpp"
#include "harness/sign/ssh_keygen.hpp"
#include "kernels/base/result.hpp"

namespace chipfit::bundle {

/// What a bundle's signature is for.
constexpr const char* purpose = "chipfit-bundle";

/// Writes `target` (*.chipfit.tar): the files, bundle.json, SHA256SUMS over both, and its signature by `key`. `files`
/// holds what the index names. Errors: those of sign::sign_file, io.
Result<void> pack(const Index&, Files files, const std::filesystem::path& key, const std::filesystem::path& target);

/// A bundle in a folder, as far as one can go without trusting anybody: every file is plain, has its sum, and is named
/// by the sums; the index is readable and its files are there.
struct Unpacked {
  std::filesystem::path folder;
  std::string sha256;  ///< of the bundle file
  Index index;
  std::filesystem::path file(const std::string& name) const { return folder / name; }
};

/// Reads the whole bundle and checks it; nothing is written. Errors: missing, io; bad_data for everything that is wrong
/// with it.
Result<Files> open(const std::filesystem::path& bundle);
Result<Index> check_contents(const Files&, const std::string& where);
/// Writes the files into `folder`/bundle-<first 16 digits of its sha256>, which they fill alone.
Result<Unpacked> unpack(const std::filesystem::path& bundle, const Files&, const Index&,
                        const std::filesystem::path& folder);
/// Whose signature the bundle carries. Errors: those of sign::signer_of.
Result<sign::Signer> signer_of(const Files&, const std::filesystem::path& signers, const std::string& where);

}  // namespace chipfit::bundle
