#include "harness/bundle/index.hpp"

#include <gtest/gtest.h>

namespace chipfit::bundle {
namespace {

Index good() {
  return {.vendor = "mycompany",
          .chip = "x1",
          .plugin = "mychip",
          .version = "1.0 (runtime 2)",
          .library = "mychip.so",
          .manifest = "mychip.chipfit.json",
          .notes = "",
          .expected = "",
          .check = "check.json",
          .harness_version = "0.1"};
}

std::string with(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

TEST(BundleIndex, NamesThatLeaveTheirFolderAreRefused) {
  for (const char* bad : {"..", "a/b", "/etc", "", "-x", ".x", "x y"})
    EXPECT_FALSE(parse_index(with(to_text(good()), "\"mycompany\"", std::string("\"") + bad + "\""), "x")) << bad;
  EXPECT_FALSE(parse_index(with(to_text(good()), "\"mychip.so\"", "\"../mychip.so\""), "x"));
  EXPECT_FALSE(parse_index(with(to_text(good()), "\"mychip.so\"", "3"), "x"));
}

TEST(BundleIndex, FaultsStandAtTheirLine) {
  const auto other = parse_index(with(to_text(good()), "\"format\": 1", "\"format\": 2"), "bundle.json");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().where, "bundle.json:2:3");
  EXPECT_FALSE(parse_index("{}", "x"));
  EXPECT_FALSE(parse_index("[]", "x"));
  EXPECT_FALSE(parse_index("", "x"));
}

TEST(BundleIndex, WhatIsWrittenIsRead) {
  const auto index = parse_index(to_text(good()), "x");
  ASSERT_TRUE(index) << index.error().what;
  EXPECT_EQ(to_text(*index), to_text(good()));
  EXPECT_EQ(index->version, "1.0 (runtime 2)");
}

TEST(Sums, OnlyLinesOfSha256sumAreTaken) {
  const std::string digest(64, 'a');
  EXPECT_EQ(parse_sums(digest + "  x.so\n" + digest + "  y\n", "s")->size(), 2u);
  EXPECT_TRUE(parse_sums("", "s")->empty());
  for (const std::string& bad : {digest + " x\n", digest + "  ../x\n", digest + "  \n", std::string(64, 'A') + "  x\n",
                                 std::string(63, 'a') + "  xy\n", digest + "  a/b\n", std::string("\n")})
    EXPECT_FALSE(parse_sums(bad, "s")) << bad;
}

}  // namespace
}  // namespace chipfit::bundle
