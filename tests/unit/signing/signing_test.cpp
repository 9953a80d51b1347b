// With the real ssh-keygen and keys that are made here.
#include "harness/signing/signing.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace chipfit::signing {
namespace {

namespace fs = std::filesystem;

class Signing : public testing::Test {
 protected:
  fs::path folder = fs::temp_directory_path() / ("chipfit-signing-" + std::to_string(getpid()));
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
    const auto signer = verify(file, signature, signers, purpose);
    return signer ? "accepted" : signer.error().what;
  }
};

TEST_F(Signing, AChangedFileOrSignatureIsRefused) {
  ASSERT_TRUE(sign(file, folder / "vendor", "test"));
  write(file, "the tent\n");
  EXPECT_NE(fault().find("one of them was changed"), std::string::npos) << fault();
  write(file, "the text\n");
  EXPECT_EQ(fault(), "accepted");
  write(signature, "-----BEGIN SSH SIGNATURE-----\nU1NI\n-----END SSH SIGNATURE-----\n");
  EXPECT_NE(fault(), "accepted");
  write(signature, "");
  EXPECT_NE(fault(), "accepted");
}

TEST_F(Signing, AnUnknownKeyIsNamed) {
  ASSERT_TRUE(sign(file, folder / "stranger", "test"));
  EXPECT_EQ(fault().find("signed by a key that is not trusted here: ED25519 SHA256:"), 0u) << fault();
}

TEST_F(Signing, ASignatureForAnotherPurposeIsNoSignature) {
  ASSERT_TRUE(sign(file, folder / "vendor", "test"));
  EXPECT_NE(fault("results").find("another purpose"), std::string::npos) << fault("results");
}

TEST_F(Signing, WhatIsMissingIsNamedWithTheCommandThatMakesIt) {
  const auto no_key = sign(file, folder / "none", "test");
  ASSERT_FALSE(no_key);
  EXPECT_EQ(no_key.error().kind, Error::Kind::missing);
  EXPECT_NE(no_key.error().hint.find("ssh-keygen -t ed25519"), std::string::npos);
  EXPECT_EQ(sign(folder / "none", folder / "vendor", "test").error().kind, Error::Kind::missing);
  EXPECT_EQ(verify(file, signature, signers, "test").error().what, "there is no signature");
  ASSERT_TRUE(sign(file, folder / "vendor", "test"));
  EXPECT_EQ(verify(file, signature, folder / "none", "test").error().what, "no list of trusted signers");
  write(folder / "broken", "no key\n");
  EXPECT_EQ(sign(file, folder / "broken", "test").error().kind, Error::Kind::unavailable);
}

TEST_F(Signing, TheSignerIsTheOneOfTheList) {
  ASSERT_TRUE(sign(file, folder / "vendor", "test"));
  ASSERT_TRUE(sign(file, folder / "vendor", "test")) << "again: the old signature gives way";
  const auto signer = verify(file, signature, signers, "test");
  ASSERT_TRUE(signer) << signer.error().what;
  EXPECT_EQ(signer->principal, "qa@mychip.example");
  EXPECT_EQ(signer->key.find("ED25519 SHA256:"), 0u) << signer->key;
}

TEST_F(Signing, NamesWithSpacesAndQuotesReachTheProgramAsTheyAre) {
  const fs::path odd = folder / "it's $(touch x) \"odd\"";
  write(odd, "x");
  ASSERT_TRUE(sign(odd, folder / "vendor", "test"));
  EXPECT_TRUE(verify(odd, odd.string() + ".sig", signers, "test"));
}

}  // namespace
}  // namespace chipfit::signing
