// Archives as an attacker writes them: each entry is put together by hand, block by block.
#include "harness/bundle/archive.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstring>

namespace chipfit::bundle {
namespace {

/// One ustar entry: header block, then the content padded to 512 bytes (POSIX.1-2008, pax, "ustar Interchange Format").
std::string entry(const std::string& path, const std::string& content, char type = '0', const std::string& link = "") {
  std::string header(512, '\0');
  const auto put = [&](std::size_t at, const std::string& text) {
    std::memcpy(header.data() + at, text.data(), text.size());
  };
  put(0, path);
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, fmt::format("{:011o}", content.size()));
  put(136, "00000000000");
  put(148, "        ");
  header[156] = type;
  put(157, link);
  put(257, std::string("ustar\00000", 8));
  unsigned sum = 0;
  for (const unsigned char c : header) sum += c;
  put(148, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
  return header + content + std::string((512 - content.size() % 512) % 512, '\0');
}

std::string archive(const std::string& entries) {
  return entries + std::string(1024, '\0');
}

std::string fault(const std::string& bytes) {
  const auto files = read_archive(bytes, "x.tar");
  if (files) return "accepted";
  EXPECT_EQ(files.error().kind, Error::Kind::bad_data);
  EXPECT_EQ(files.error().where, "x.tar");
  return files.error().what;
}

TEST(Archive, NothingLeavesItsFolder) {
  for (const char* path : {"../evil", "a/../evil", "/etc/passwd", "a/../../evil", "..", "a/..", "./a", "evil",
                           "a//evil", "a/b/c", "a/.hidden", "a/-rf", "a/x y", "a/\x1b[2J"})
    EXPECT_NE(fault(archive(entry(path, "x"))), "accepted") << path;
  EXPECT_NE(fault(archive(entry("a/good", "x") + entry("b/other", "x"))), "accepted") << "two folders";
}

TEST(Archive, OnlyPlainFilesAreTaken) {
  EXPECT_NE(fault(archive(entry("a/link", "", '2', "/etc/passwd"))), "accepted") << "a symbolic link";
  EXPECT_NE(fault(archive(entry("a/x", "1") + entry("a/link", "", '1', "a/x"))), "accepted") << "a hard link";
  for (const char type : {'3', '4', '6'}) EXPECT_NE(fault(archive(entry("a/dev", "", type))), "accepted") << type;
  EXPECT_NE(fault(archive(entry("a/sub/", "", '5'))), "accepted") << "a folder in the folder";
  EXPECT_NE(fault(archive(entry("a/x", "1") + entry("a/x", "2"))), "accepted") << "the second would hide the first";
}

TEST(Archive, DamagedOnesAreRefusedWhole) {
  EXPECT_NE(fault(""), "accepted");
  EXPECT_NE(fault("not a tar"), "accepted");
  EXPECT_NE(fault(std::string(1024, '\0')), "accepted") << "empty";
  const std::string good = archive(entry("a/x", std::string(2000, 'x')));
  for (const std::size_t bytes : {100u, 512u, 1000u, 2500u})
    EXPECT_NE(fault(good.substr(0, bytes)), "accepted") << bytes;
  std::string many;
  for (std::size_t i = 0; i <= most_files; ++i) many += entry(fmt::format("a/f{}", i), "");
  EXPECT_NE(fault(archive(many)), "accepted");
}

TEST(Archive, CompressedOnesAreRefused) {
  // gzip of a tar: a filter could make gigabytes out of a few bytes.
  EXPECT_NE(fault(std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10)), "accepted");
}

TEST(Archive, WhatIsWrittenIsRead) {
  const Files files{{"x.so", std::string("\x7f"
                                         "ELF\0\1\2",
                                         7)},
                    {"big", std::string(100000, 'b')},
                    {"empty", ""}};
  const auto bytes = write_archive("mychip-x1", files);
  ASSERT_TRUE(bytes);
  EXPECT_EQ(*bytes, *write_archive("mychip-x1", files)) << "no times, no owners";
  const auto read = read_archive(*bytes, "x.tar");
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(*read, files);
  EXPECT_TRUE(read_archive(archive(entry("a/", "", '5') + entry("a/x", "1")), "x.tar"))
      << "as the program tar writes it";
}

}  // namespace
}  // namespace chipfit::bundle
