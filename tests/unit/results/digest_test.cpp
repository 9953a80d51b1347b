#include "harness/results/digest.hpp"

#include <gtest/gtest.h>

#include "tests/unit/results/temporary_folder.hpp"

namespace chipfit::results {
namespace {

TEST(Sha256File, AMissingFileIsMissing) {
  const auto digest = sha256_file("/nonexistent/file");
  ASSERT_FALSE(digest);
  EXPECT_EQ(digest.error().kind, Error::Kind::missing);
  EXPECT_EQ(digest.error().where, "/nonexistent/file");
}

TEST(Sha256File, AFolderCannotBeRead) {
  const TemporaryFolder folder;
  const auto digest = sha256_file(folder.path);
  ASSERT_FALSE(digest);
  EXPECT_EQ(digest.error().kind, Error::Kind::io);
}

// FIPS 180-4 examples (NIST, "SHA256.pdf").
TEST(Sha256, GivesTheStandardsExamples) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256(std::string(1000000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256File, OfAFileIsThatOfItsBytes) {
  const TemporaryFolder folder;
  put(folder / "million", std::string(1000000, 'a'));
  EXPECT_EQ(sha256_file(folder / "million").value(), sha256(std::string(1000000, 'a')));
  put(folder / "empty", "");
  EXPECT_EQ(sha256_file(folder / "empty").value(), sha256(""));
}

}  // namespace
}  // namespace chipfit::results
