#include "harness/cli/doctor.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

#include "harness/cli/text.hpp"

namespace chipfit::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

DoctorFacts healthy() {
  DoctorFacts facts;
  facts.machine.host = "lab1";
  facts.machine.cpu_model = "CPU";
  facts.machine.cores = 8;
  facts.machine.kernel = "6.1";
  facts.machine.os = "Debian 12";
  facts.machine.governor = "performance";
  facts.machine.memory_bytes = 64ull << 30;
  facts.machine.memory_available_bytes = 60ull << 30;
  facts.worker = "/opt/bin/chipfit-worker";
  facts.worker_runs = true;
  facts.pidfd = true;
  facts.levels = {{sandbox::Isolation::l3, ""}, {sandbox::Isolation::l0, ""}};
  facts.backends = {{"openblas", 1, "CPU, 1.0", std::nullopt, true, {}}};
  facts.results = "results";
  facts.results_free_bytes = 100ull << 30;
  facts.results_writable = true;
  return facts;
}

Check check_of(const DoctorFacts& facts, const std::string& topic) {
  for (const auto& check : diagnose(facts)) {
    if (check.topic == topic) return check;
  }
  ADD_FAILURE() << "no check named " << topic;
  return {};
}

TEST(Doctor, AHealthyMachineHasNothingToMend) {
  for (const auto& check : diagnose(healthy())) {
    EXPECT_EQ(check.health, Health::ok) << check.topic;
    EXPECT_THAT(check.remedy, IsEmpty()) << check.topic;
  }
}

TEST(Doctor, ASensorThatIsMissingIsSaidWithItsReasonAndIsNoFault) {
  auto facts = healthy();
  facts.sensors = {{"GPU power", "", Error{Error::Kind::unavailable, "no library", "", "install the driver"}},
                   {"CPU energy", "RAPL, package-0", std::nullopt}};
  const auto gpu = check_of(facts, "GPU power");
  EXPECT_EQ(gpu.health, Health::ok);
  EXPECT_EQ(gpu.text, "not measured: no library");
  EXPECT_EQ(gpu.remedy, "install the driver");
  EXPECT_EQ(check_of(facts, "CPU energy").text, "RAPL, package-0");
}

TEST(Doctor, WhateverIsNotOkSaysWhatToDo) {
  auto facts = healthy();
  facts.machine.hypervisor = "KVM";
  facts.machine.governor = "powersave";
  facts.machine.memory_available_bytes = 1 << 20;
  facts.load_1min = 20;
  facts.worker_runs = false;
  facts.sealed_memory = Error{Error::Kind::unavailable, "kernel too old", "", ""};
  facts.pidfd = false;
  facts.ignored_folders = {"plugins"};
  facts.backends = {{"x", 0, "", Error{Error::Kind::unavailable, "no driver", "", "install it"}, true, {}}};
  facts.results_writable = false;
  std::size_t trouble = 0;
  for (const auto& check : diagnose(facts)) {
    if (check.health == Health::ok) continue;
    ++trouble;
    EXPECT_THAT(check.remedy, Not(IsEmpty())) << check.topic;
  }
  EXPECT_EQ(trouble, 12u);
}

TEST(Doctor, JudgesEachFact) {
  auto facts = healthy();
  facts.machine.hypervisor = "KVM";
  EXPECT_EQ(check_of(facts, "virtualisation").health, Health::warn);
  facts.sealed_memory = Error{Error::Kind::unavailable, "kernel too old", "", ""};
  EXPECT_EQ(check_of(facts, "sealed memory").health, Health::fail);
  EXPECT_EQ(check_of(facts, "isolation").health, Health::fail);
  facts = healthy();
  facts.backends[0].error = Error{Error::Kind::unavailable, "no driver", "", "install it"};
  EXPECT_EQ(check_of(facts, "backend openblas").health, Health::warn);
  EXPECT_EQ(check_of(facts, "backends").health, Health::fail);
  facts = healthy();
  facts.results_free_bytes = 100ull << 20;
  EXPECT_EQ(check_of(facts, "results").health, Health::warn);
  facts.results_free_bytes = 0;
  EXPECT_EQ(check_of(facts, "results").health, Health::fail);
  facts.results_writable = false;
  EXPECT_EQ(check_of(facts, "results").health, Health::fail);
}

TEST(Doctor, ALevelThatDoesNotWorkIsNamedWithItsObstacleAndTheNextOneIsUsed) {
  auto facts = healthy();
  facts.levels = {{sandbox::Isolation::l3, "isolation L3: bwrap: No permissions to create a new namespace"},
                  {sandbox::Isolation::l1_landlock, "isolation L1+Landlock: this kernel has no Landlock"},
                  {sandbox::Isolation::l1, ""},
                  {sandbox::Isolation::l0, ""}};
  EXPECT_EQ(check_of(facts, "isolation L3").health, Health::warn);
  EXPECT_THAT(check_of(facts, "isolation L3").text, HasSubstr("No permissions"));
  EXPECT_THAT(check_of(facts, "isolation L3").remedy, HasSubstr("bubblewrap"));
  EXPECT_EQ(check_of(facts, "isolation").health, Health::ok);
  EXPECT_THAT(check_of(facts, "isolation").text, HasSubstr("L1,"));
}

TEST(Doctor, AToolThatIsOnlyNeededToBuildIsNoFault) {
  auto facts = healthy();
  facts.tools = {{"nvcc", "only for CUDA", "install CUDA", ""}};
  EXPECT_EQ(check_of(facts, "tool nvcc").health, Health::ok);
  EXPECT_EQ(check_of(facts, "tool nvcc").remedy, "install CUDA");
}

TEST(DoctorText, FitsTheTerminalAndCounts) {
  auto facts = healthy();
  facts.machine.hypervisor = "KVM";
  const auto text = doctor_text(diagnose(facts), {80, Colour::off});
  EXPECT_THAT(text, HasSubstr("1 warning, 0 failures"));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), 80u) << line;
}

}  // namespace
}  // namespace chipfit::cli
