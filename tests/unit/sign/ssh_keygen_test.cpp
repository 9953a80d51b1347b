// With the real ssh-keygen and keys that are made here.
#include "harness/sign/ssh_keygen.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "harness/sign/signature.hpp"

namespace chipfit::sign {
namespace {

namespace fs = std::filesystem;

class SignedFile : public testing::Test {
 protected:
  fs::path folder = fs::temp_directory_path() / ("chipfit-ssh-keygen-" + std::to_string(getpid()));
  fs::path file = folder / "SHA256SUMS", signature = folder / "SHA256SUMS.sig", signers = folder / "signers";

  void SetUp() override {
    fs::create_directories(folder);
    write(file, "the text\n");
    make_key("vendor");
    make_key("stranger");
    write(signers, "# comment\nqa@mychip.example " + read(folder / "vendor.pub"));
  }
  void TearDown() override { fs::remove_all(folder); }

  void make_key(const std::string& name) {
    const auto command = "ssh-keygen -q -t ed25519 -N '' -C '' -f '" + (folder / name).string() + "'";
    ASSERT_EQ(std::system(command.c_str()), 0);
  }
  static void write(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }
  static std::string read(const fs::path& path) {
    std::ifstream stream(path);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  std::string fault(const std::string& purpose = "test") {
    const auto signer = signer_of(file, signature, signers, purpose);
    return signer ? "accepted" : signer.error().what;
  }
};

TEST_F(SignedFile, AChangedFileOrSignatureIsRefused) {
  ASSERT_TRUE(sign_file(file, folder / "vendor", "test"));
  write(file, "the tent\n");
  EXPECT_NE(fault().find("one of the two was changed"), std::string::npos) << fault();
  write(file, "the text\n");
  EXPECT_EQ(fault(), "accepted");
  write(signature, "-----BEGIN SSH SIGNATURE-----\nU1NI\n-----END SSH SIGNATURE-----\n");
  EXPECT_NE(fault(), "accepted");
  write(signature, "");
  EXPECT_NE(fault(), "accepted");
}

TEST_F(SignedFile, AnUnknownKeyIsNamed) {
  ASSERT_TRUE(sign_file(file, folder / "stranger", "test"));
  EXPECT_EQ(fault().find("signed by a key that is not among the allowed signers: ED25519 SHA256:"), 0u) << fault();
}

TEST_F(SignedFile, ASignatureForAnotherPurposeIsNoSignature) {
  ASSERT_TRUE(sign_file(file, folder / "vendor", "test"));
  EXPECT_NE(fault("results").find("signed for 'test'"), std::string::npos) << fault("results");
}

TEST_F(SignedFile, WhatIsMissingIsNamedWithTheCommandThatMakesIt) {
  const auto no_key = sign_file(file, folder / "none", "test");
  ASSERT_FALSE(no_key);
  EXPECT_EQ(no_key.error().kind, Error::Kind::missing);
  EXPECT_NE(no_key.error().hint.find("ssh-keygen -t ed25519"), std::string::npos);
  EXPECT_EQ(sign_file(folder / "none", folder / "vendor", "test").error().kind, Error::Kind::missing);
  EXPECT_EQ(signer_of(file, signature, signers, "test").error().what, "there is no signature");
  ASSERT_TRUE(sign_file(file, folder / "vendor", "test"));
  EXPECT_EQ(signer_of(file, signature, folder / "none", "test").error().what, "there is no such list of signers");
  write(folder / "broken", "no key\n");
  EXPECT_EQ(sign_file(file, folder / "broken", "test").error().kind, Error::Kind::unavailable);
}

TEST_F(SignedFile, TheSignerIsTheOneOfTheList) {
  ASSERT_TRUE(sign_file(file, folder / "vendor", "test"));
  ASSERT_TRUE(sign_file(file, folder / "vendor", "test")) << "again: the old signature gives way";
  const auto signer = signer_of(file, signature, signers, "test");
  ASSERT_TRUE(signer) << signer.error().what;
  EXPECT_EQ(signer->principal, "qa@mychip.example");
  EXPECT_EQ(signer->key.find("ED25519 SHA256:"), 0u) << signer->key;
}

TEST_F(SignedFile, NamesWithSpacesAndQuotesReachTheProgramAsTheyAre) {
  const fs::path odd = folder / "it's $(touch x) \"odd\"";
  write(odd, "x");
  ASSERT_TRUE(sign_file(odd, folder / "vendor", "test"));
  EXPECT_TRUE(signer_of(odd, odd.string() + ".sig", signers, "test"));
}

TEST_F(SignedFile, TheListSaysWhatAKeyMaySign) {
  write(signers, "qa@mychip.example namespaces=\"git\" " + read(folder / "vendor.pub"));
  ASSERT_TRUE(sign_file(file, folder / "vendor", "test"));
  EXPECT_EQ(fault(), "the allowed signers do not let qa@mychip.example sign for 'test'");
  EXPECT_TRUE(fitting_key(file, signature, "test")) << "the signature itself fits";
}

TEST_F(SignedFile, WithoutSshKeygenNothingIsSignedOrTakenForGood) {
  ASSERT_TRUE(sign_file(file, folder / "vendor", "test"));
  const std::string path = std::getenv("PATH");
  setenv("PATH", "/nowhere", 1);
  const auto key = fitting_key(file, signature, "test");
  const auto again = sign_file(file, folder / "vendor", "test");
  setenv("PATH", path.c_str(), 1);
  ASSERT_TRUE(!again && !key);
  EXPECT_EQ(again.error().what, "ssh-keygen is not on this machine");
  EXPECT_EQ(key.error().what, "ssh-keygen is not on this machine");
}

TEST(SignatureHead, IsReadWithoutTrust) {
  EXPECT_FALSE(read_signature_head(""));
  EXPECT_FALSE(read_signature_head("-----BEGIN SSH SIGNATURE-----\n!!!!\n-----END SSH SIGNATURE-----\n"));
  // "SSHSIG", version 1, then a key that claims 2^32 - 1 bytes.
  EXPECT_FALSE(
      read_signature_head("-----BEGIN SSH SIGNATURE-----\nU1NIU0lHAAAAAf////8A\n-----END SSH SIGNATURE-----\n"));
}

}  // namespace
}  // namespace chipfit::sign
