#include "harness/plan/elf_probe.hpp"

#include <gmock/gmock.h>

#include <random>

#include "tests/unit/plan/elf_builder.hpp"

namespace chipfit::plan {
namespace {

using ::testing::ElementsAre;
using testing::ElfBuilder;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Result<ElfFacts> probe(const std::string& file) {
  return probe_elf(testing::read_from(file), file.size(), "x.so");
}

std::string refusal(const ElfBuilder& builder) {
  const auto file = builder.build();
  const auto facts = probe(file);
  if (!facts) return facts.error().what;
  const auto usable = usable_here(*facts, "x.so");
  return usable ? "usable" : usable.error().what;
}

TEST(ElfProbe, RefusesWhatIsNotElf) {
  for (const std::string file : {"", "\x7f", "#!/bin/sh\nexit 0\n",
                                 "\x7f"
                                 "ELf"}) {
    const auto facts = probe(file);
    ASSERT_FALSE(facts);
    EXPECT_EQ(facts.error().kind, Error::Kind::bad_data);
    EXPECT_EQ(facts.error().what, "not an ELF file");
    EXPECT_EQ(facts.error().where, "x.so");
  }
}

TEST(ElfProbe, NamesTheReasonOfEachRefusal) {
  EXPECT_EQ(refusal({}), "usable");
  EXPECT_THAT(refusal({.elf_class = ELFCLASS32}), HasSubstr("32-bit"));
  EXPECT_THAT(refusal({.byte_order = ELFDATA2MSB}), HasSubstr("byte order"));
  EXPECT_THAT(refusal({.type = ET_REL}), HasSubstr("no shared library"));
  EXPECT_THAT(refusal({.with_dynamic = false}), HasSubstr("no dynamic symbols"));
  EXPECT_EQ(refusal({.exports = {}}), "does not export chipfit_plugin_query_v1");
  EXPECT_EQ(refusal({.exports = {"chipfit_plugin_query_v1x", "chipfit_plugin_query_v", "xchipfit_plugin_query_v1"}}),
            "does not export chipfit_plugin_query_v1");
  EXPECT_EQ(refusal({.exports = {"chipfit_plugin_query_v2"}}), "ABI major 2, this harness speaks 1");
}

TEST(ElfProbe, RefusesALibraryOfAnotherMachineByName) {
  const bool here_is_arm = this_machine() == "aarch64";
  const auto what = refusal({.machine = here_is_arm ? std::uint16_t{EM_X86_64} : std::uint16_t{EM_AARCH64}});
  EXPECT_EQ(what, "library is for " + std::string(here_is_arm ? "x86_64" : "aarch64") + ", this machine is " +
                      std::string(this_machine()));
  EXPECT_THAT(refusal({.machine = 4711}), HasSubstr("machine 4711"));
}

TEST(ElfProbe, CountsOnlyFunctionsThatTheLoaderWouldFind) {
  const std::string none = "does not export chipfit_plugin_query_v1";
  EXPECT_EQ(refusal({.symbol_info = ELF64_ST_INFO(STB_LOCAL, STT_FUNC)}), none);
  EXPECT_EQ(refusal({.symbol_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT)}), none);
  EXPECT_EQ(refusal({.symbol_other = STV_HIDDEN}), none);
  EXPECT_EQ(refusal({.symbol_section = SHN_UNDEF}), none);
  EXPECT_EQ(refusal({.symbol_info = ELF64_ST_INFO(STB_WEAK, STT_FUNC)}), "usable");
}

TEST(ElfProbe, ALibraryMaySpeakSeveralMajors) {
  const auto facts = probe(ElfBuilder{.exports = {"chipfit_plugin_query_v2", "chipfit_plugin_query_v1"}}.build());
  ASSERT_TRUE(facts);
  EXPECT_THAT(facts->plugin_majors, ElementsAre(1, 2));
  EXPECT_TRUE(usable_here(*facts, "x.so"));
}

TEST(ElfProbe, EveryTruncationIsAnErrorAndNeverARead) {
  const auto whole = ElfBuilder{}.build();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto file = whole.substr(0, size);
    EXPECT_FALSE(probe(file)) << size << " of " << whole.size() << " bytes";
  }
}

TEST(ElfProbe, SurvivesDamage) {
  const auto whole = ElfBuilder{}.build();
  std::mt19937 random(1);
  for (int trial = 0; trial < 20000; ++trial) {
    auto file = whole;
    for (int i = 0; i < 3; ++i) file[random() % file.size()] = static_cast<char>(random());
    const auto facts = probe(file);  // either answer is right: it must not crash, hang or read outside
    EXPECT_TRUE(facts || !facts.error().what.empty());
  }
}

TEST(ElfProbe, AHugeSymbolCountDoesNotAllocateIt) {
  auto file = ElfBuilder{}.build();
  const auto hash_at = file.size() - 8 - (1 + std::string("chipfit_plugin_query_v1").size() + 1);
  const std::uint32_t huge = 0xffffffff;
  std::memcpy(file.data() + hash_at + 4, &huge, 4);
  const auto facts = probe(file);
  ASSERT_FALSE(facts);
  EXPECT_THAT(facts.error().what, HasSubstr("symbol table"));
}

// The real thing, with a GNU hash table: whatever C library this test runs on.
TEST(ElfProbe, ReadsALibraryOfTheSystem) {
  std::ifstream maps("/proc/self/maps");
  std::string line, path;
  while (std::getline(maps, line)) {
    const auto at = line.find('/');
    if (at != std::string::npos && line.find("/libc.so") != std::string::npos) path = line.substr(at);
  }
  if (path.empty()) GTEST_SKIP() << "no C library in /proc/self/maps";
  const auto facts = probe_elf_file(path);
  ASSERT_TRUE(facts) << facts.error().what;
  EXPECT_EQ(facts->machine, this_machine());
  EXPECT_THAT(facts->plugin_majors, IsEmpty());
}

TEST(ElfProbe, ADeviceOrAFolderIsNoLibrary) {
  EXPECT_EQ(probe_elf_file("/dev/null").error().what, "the library is not a file");
  EXPECT_EQ(probe_elf_file("/").error().what, "the library is not a file");
}

}  // namespace
}  // namespace chipfit::plan
