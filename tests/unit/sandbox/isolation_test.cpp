#include "harness/sandbox/isolation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/sandbox/bubblewrap.hpp"
#include "harness/sandbox/scratch_folder.hpp"

namespace chipfit::sandbox {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

std::vector<const char*> pointers(const std::vector<std::string>& words) {
  std::vector<const char*> all;
  for (const auto& word : words) all.push_back(word.c_str());
  return all;
}

TEST(Levels, AreNamedAndOrdered) {
  std::string names;
  for (const auto level : levels_from_the_top()) {
    names += std::string(name(level)) + " ";
    EXPECT_EQ(parse_isolation(name(level)), level);
  }
  EXPECT_EQ(names, "L3 L2 L1+Landlock L1 L0 ");
  EXPECT_FALSE(parse_isolation("L4"));
  EXPECT_FALSE(parse_isolation("l1"));
  EXPECT_LT(Isolation::l1_landlock, Isolation::l2);
}

TEST(Arguments, AreReadAsTheyWereWritten) {
  const Confinement confinement{Isolation::l1_landlock, {{"/opt/a b", "/x"}, {"/scratch"}, {"/dev/chip0"}, true}};
  const auto words = to_arguments(confinement);
  const auto read = from_arguments(pointers(words));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->level, Isolation::l1_landlock);
  EXPECT_THAT(read->access.read, ElementsAre("/opt/a b", "/x"));
  EXPECT_THAT(read->access.write, ElementsAre("/scratch"));
  EXPECT_THAT(read->access.devices, ElementsAre("/dev/chip0"));
  EXPECT_TRUE(read->access.may_start_programs);
}

TEST(Arguments, AnythingElseIsRefusedAndNamed) {
  for (const char* word : {"--isolation", "--read", "--devcie", "L1"}) {
    const auto read = from_arguments(std::vector<const char*>{word});
    ASSERT_FALSE(read) << word;
    EXPECT_NE(read.error().what.find(word), std::string::npos);
  }
  EXPECT_FALSE(from_arguments(std::vector<const char*>{"--isolation", "L9"}));
  EXPECT_EQ(from_arguments({})->level, Isolation::l0);
}

TEST(MatchingPaths, APatternStandsForWhatIsThere) {
  const std::vector<std::string> patterns = {"/dev/nul?", "/dev/no-such-chip*", "/dev/zero"};
  EXPECT_THAT(matching_paths(patterns), ElementsAre("/dev/null", "/dev/zero"));
}

TEST(Bubblewrap, BindsDevicesAsDevicesAndTheRestReadOnly) {
  const Access access{{"/opt/chip", "/proc/driver/chip"}, {"/tmp/scratch"}, {"/dev/chip0"}, false};
  const auto words = bubblewrap_arguments(access, "/opt/chipfit/bin/chipfit-worker", "/tmp/scratch");
  const auto has = [&](std::vector<std::string> part) {
    return std::search(words.begin(), words.end(), part.begin(), part.end()) != words.end();
  };
  EXPECT_TRUE(has({"--ro-bind-try", "/opt/chip", "/opt/chip"}));
  EXPECT_TRUE(has({"--dev-bind-try", "/dev/chip0", "/dev/chip0"}));
  EXPECT_TRUE(has({"--bind", "/tmp/scratch", "/tmp/scratch"}));
  EXPECT_TRUE(has({"--cap-drop", "ALL"}));
  EXPECT_THAT(words, Not(Contains("/proc/driver/chip"))) << "an own /proc shows it already";
  EXPECT_THAT(words, Not(Contains("/etc"))) << "of /etc only what loaders read";
  const auto tmp = std::find(words.begin(), words.end(), "--tmpfs");
  const auto bind = std::find(words.begin(), words.end(), "--bind");
  EXPECT_LT(tmp, bind) << "a scratch folder below /tmp lies over the private one";
  EXPECT_EQ(words.back(), "/opt/chipfit/bin/chipfit-worker");
}

TEST(Scratch, IsGoneWithItsObject) {
  std::filesystem::path path;
  {
    auto folder = ScratchFolder::make().value();
    path = folder.path();
    EXPECT_TRUE(std::filesystem::is_directory(path));
    const ScratchFolder moved = std::move(folder);
    EXPECT_EQ(moved.path(), path);
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace chipfit::sandbox
