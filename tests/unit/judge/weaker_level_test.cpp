#include "harness/judge/weaker_level.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace chipfit::judge {
namespace {

using sandbox::Isolation;
using testing::ElementsAre;

constexpr std::array below_l3{Isolation::l2, Isolation::l1_landlock, Isolation::l1};

/// Works at levels up to `most`; remembers what was tried.
struct Plugin {
  Isolation most;
  std::vector<Isolation> tried{};
  Result<int> start(Isolation level) {
    tried.push_back(level);
    if (level <= most) return static_cast<int>(level);
    return fail(Error::Kind::unavailable, "too strong");
  }
};

TEST(WeakerLevel, WhatFailsAtTheWeakestIsTriedNoFurther) {
  Plugin plugin{Isolation::l0};
  EXPECT_FALSE(at_a_weaker_level(below_l3, [&](Isolation level) { return plugin.start(level); }));
  EXPECT_THAT(plugin.tried, ElementsAre(Isolation::l1));
}

TEST(WeakerLevel, NoLevelsAreNoHelp) {
  Plugin plugin{Isolation::l3};
  EXPECT_FALSE(at_a_weaker_level({}, [&](Isolation level) { return plugin.start(level); }));
  EXPECT_TRUE(plugin.tried.empty());
}

TEST(WeakerLevel, TheStrongestThatWorksIsTaken) {
  Plugin plugin{Isolation::l1_landlock};
  const auto found = at_a_weaker_level(below_l3, [&](Isolation level) { return plugin.start(level); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->first, Isolation::l1_landlock);
  EXPECT_EQ(*found->second, static_cast<int>(Isolation::l1_landlock));
  EXPECT_THAT(plugin.tried, ElementsAre(Isolation::l1, Isolation::l2, Isolation::l1_landlock));
}

}  // namespace
}  // namespace chipfit::judge
