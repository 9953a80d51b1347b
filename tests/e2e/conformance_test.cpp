// `chipfit probe` and `chipfit check` on plugins with one known fault each.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/e2e/command.hpp"

namespace chipfit::e2e {
namespace {

namespace fs = std::filesystem;

std::string hostile(const std::string& name) {
  return (fs::path(CHIPFIT_HOSTILE_DIR) / (name + ".so")).string();
}

Ran check(const std::string& library, std::vector<std::string> more = {}) {
  std::vector<std::string> words{"check", library, "--seed", "1", "--deadline", "2", "--json"};
  words.insert(words.end(), more.begin(), more.end());
  return chipfit(words);
}

std::string duties(const Ran& ran) {
  std::string text;
  const auto json = nlohmann::json::parse(ran.out, nullptr, false);
  if (json.is_discarded()) return "no JSON: " + ran.out + ran.err;
  for (const auto& finding : json["findings"]) text += finding["duty"].get<std::string>() + " ";
  return text;
}

struct Broken {
  const char *plugin, *duties;
};
class Hostile : public testing::TestWithParam<Broken> {};

TEST_P(Hostile, IsReportedUnderTheDutyThatItBreaks) {
  const Ran ran = check(hostile(GetParam().plugin), {"--case", "gemm:f32:NN:96x80x128"});
  EXPECT_EQ(ran.exit_code, 1) << ran.err;
  const std::string seen = duties(ran);
  const std::string allowed = std::string("|") + GetParam().duties + "|";
  EXPECT_NE(allowed.find("|" + seen.substr(0, seen.find(' ')) + "|"), std::string::npos)
      << "reported under " << seen << "\n"
      << ran.out;
}

INSTANTIATE_TEST_SUITE_P(
    All, Hostile,
    testing::Values(Broken{"abort_in_constructor", "P4"}, Broken{"bf16_for_f32", "P10"},
                    Broken{"bf16_for_f32_unless_exact", "P10"}, Broken{"claims_support", "P7"},
                    Broken{"constant", "ABI"}, Broken{"device_lost", "ABI"}, Broken{"duplicates_dropped", "P1"},
                    Broken{"early_return", "P2"}, Broken{"endless_prepare", "P6"}, Broken{"endless_sync", "P2"},
                    Broken{"every_second_skipped", "P1"}, Broken{"exception", "P4"}, Broken{"exit_zero", "P4"},
                    Broken{"garbage_descriptors", "HOST"}, Broken{"log_flood", "HOST"}, Broken{"nan_output", "ABI"},
                    Broken{"never_written", "ABI"}, Broken{"null_pointer", "P4"}, Broken{"one_off", "ABI"},
                    Broken{"one_zeroed_unless_exact", "ABI"}, Broken{"overrun", "P9"}, Broken{"patched_clock", "HOST"},
                    Broken{"skip_k_tail", "ABI"}, Broken{"stale_replay", "P11"}, Broken{"tf32_for_f32", "P10"},
                    Broken{"tf32_for_f32_unless_exact", "P10"}, Broken{"writes_inputs", "P8"},
                    Broken{"wrong_sync_status", "ABI"}, Broken{"zeros", "ABI"}),
    [](const auto& test) { return std::string(test.param.plugin); });

class Good : public testing::TestWithParam<const char*> {};

TEST_P(Good, KeepsEveryDuty) {
  const std::string name = GetParam();
  const bool is_control =
      name == "honest" || name.starts_with("honest_") || name == "newer_minor" || name == "log_chatter";
  const Ran ran = check(is_control ? hostile(name) : (fs::path(CHIPFIT_PLUGINS) / (name + ".so")).string(),
                        {"--seconds", "2", "--deadline", "20"});
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
}

INSTANTIATE_TEST_SUITE_P(All, Good,
                         testing::Values("honest", "honest_nondeterministic", "newer_minor", "reference", "openblas"),
                         [](const auto& test) { return std::string(test.param); });

TEST(Check, AFindingHasItsCallItsMendAndALineThatShowsItAgain) {
  const Ran ran = chipfit({"check", hostile("overrun"), "--seed", "5", "--seconds", "0"});
  EXPECT_EQ(ran.exit_code, 1) << ran.err;
  EXPECT_NE(ran.out.find("P9 is broken"), std::string::npos) << ran.out;
  const auto at = ran.out.find("again: chipfit check ");
  ASSERT_NE(at, std::string::npos) << ran.out;
  auto line = ran.out.substr(at + 15, ran.out.find('\n', at) - at - 15);
  line.erase(std::remove(line.begin(), line.end(), '\''), line.end());  // quotes of the shell
  std::vector<std::string> words;
  for (std::size_t from = 0; from < line.size();) {
    const auto end = std::min(line.find(' ', from), line.size());
    words.push_back(line.substr(from, end - from));
    from = end + 1;
  }
  words.emplace_back("--json");
  EXPECT_EQ(duties(chipfit(words)).substr(0, 3), "P9 ") << line;
}

TEST(Check, APluginThatSupportsNothingHasNotPassed) {
  EXPECT_EQ(duties(check(hostile("unsupported"), {"--seconds", "0"})), "ABI ");
}

TEST(Check, WhatCannotBeLoadedIsNotChecked) {
  EXPECT_EQ(check(hostile("missing_symbol")).exit_code, 65);
  EXPECT_EQ(check(hostile("wrong_abi_major")).exit_code, 69);
  EXPECT_EQ(check(hostile("missing_dependency")).exit_code, 69);
  EXPECT_EQ(check("/nowhere/x.so").exit_code, 66);
  EXPECT_EQ(check(hostile("honest"), {"--case", "gemm:f32"}).exit_code, 2);
  EXPECT_EQ(check(hostile("honest"), {"--expected", "/nowhere.csv"}).exit_code, 66);
}

TEST(Probe, SaysWithoutRunningThePluginWhatKeepsItFromBeingLoaded) {
  // Its constructor aborts, and nobody runs it.
  EXPECT_EQ(chipfit({"probe", hostile("abort_in_constructor")}).exit_code, 0);
  const Ran missing = chipfit({"probe", hostile("missing_dependency"), "--json"});
  EXPECT_EQ(missing.exit_code, 69);
  const auto json = nlohmann::json::parse(missing.out);
  ASSERT_EQ(json["problems"].size(), 1u) << missing.out;
  EXPECT_EQ(json["problems"][0]["what"], "needs libmychipdriver.so, which is not on this machine");
  EXPECT_EQ(json["elf"]["exported"], nlohmann::json::array({"chipfit_plugin_query_v1"}));
  EXPECT_EQ(chipfit({"probe", hostile("other_architecture")}).exit_code, 65) << "and its manifest is wrong";
  EXPECT_EQ(chipfit({"probe", "/nowhere/x.so"}).exit_code, 66);
}

#ifdef CHIPFIT_HAS_ASAN_WORKER
TEST(Check, ASanitizersReportNamesTheFault) {
  const Ran plain = check(CHIPFIT_HEAP_OVERFLOW, {"--case", "gemm:f32:NN:16x16x16"});
  EXPECT_EQ(plain.exit_code, 0) << "two bytes too many into a block of its own: nobody else sees it" << plain.out;
  const Ran ran = check(CHIPFIT_HEAP_OVERFLOW, {"--case", "gemm:f32:NN:16x16x16", "--asan"});
  EXPECT_EQ(duties(ran), "P9 ");
  EXPECT_NE(ran.out.find("heap-buffer-overflow"), std::string::npos) << ran.out;
}
#endif

}  // namespace
}  // namespace chipfit::e2e
