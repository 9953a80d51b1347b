// A user's mistake gets a clear message with a hint, the designed exit code, and loses nothing.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <fstream>

#include "tests/e2e/command.hpp"

namespace chipfit::e2e {
namespace {

namespace fs = std::filesystem;
using results::Column;

void expect_error(const Ran& ran, int code, std::initializer_list<const char*> words) {
  EXPECT_EQ(ran.exit_code, code) << ran.err;
  EXPECT_NE(ran.err.find("error:"), std::string::npos) << ran.err;
  for (const char* word : words)
    EXPECT_NE(ran.err.find(word), std::string::npos) << "'" << word << "' in:\n" << ran.err;
}

TEST(BadInput, UnknownNamesGetTheNearestKnownOne) {
  TemporaryFolder folder;
  const std::string out = folder.path().string();
  expect_error(chipfit({"rum"}), 2, {"run"});
  expect_error(chipfit({"run", "--suite", "quik", "--out", out}), 2, {"quick"});
  expect_error(chipfit({"run", "--suite", "quick", "--backend", "openbals", "--out", out}), 2, {"openblas"});
  expect_error(chipfit({"run", "--siute", "quick", "--out", out}), 2, {"--suite"});
  expect_error(chipfit({"run", "--case", "gem:f32:NN:1x1x1", "--out", out}), 2, {"gemm"});
  EXPECT_TRUE(fs::is_empty(folder.path())) << "nothing is written for a command that cannot run";
}

TEST(BadInput, BrokenSuiteIsNamedByLineAndColumn) {
  TemporaryFolder folder;
  const fs::path suite = folder.path() / "mine.csv";
  write_file(suite, "op,m,n,k\ngemm,64,64,64\ngemm,64,zero,64\n");
  const Ran ran = chipfit({"run", "--suite", suite.string(), "--out", folder.path().string()});
  expect_error(ran, 65, {"mine.csv:3:9", "hint"});
  expect_error(chipfit({"run", "--suite", (folder.path() / "none.csv").string(), "--out", folder.path().string()}), 66,
               {"none.csv"});
}

TEST(BadInput, UnwritableResultsFolder) {
  expect_error(
      chipfit({"run", "--case", "gemm:f32:NN:64x64x64", "--backend", "openblas", "--quick", "--out", "/proc/nowhere"}),
      74, {"/proc/nowhere"});
}

TEST(BadInput, AFileWhereTheResultsFolderShouldBe) {
  TemporaryFolder folder;
  write_file(folder.path() / "out", "in the way");
  expect_error(chipfit({"run", "--case", "gemm:f32:NN:64x64x64", "--backend", "openblas", "--quick", "--out",
                        (folder.path() / "out").string()}),
               74, {"out"});
  EXPECT_EQ(read_file(folder.path() / "out"), "in the way");
}

TEST(BadInput, FullDiskLosesNoRowAndResumes) {
  TemporaryFolder folder;
  const fs::path disk = folder.path() / "disk";
  fs::create_directory(disk);
  // About 64 KiB: room for some rows beside the manifest and the tables' heads. A problem takes about a millisecond, so
  // that a case's samples cannot be thousands on a busy machine.
  if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=64k") != 0)
    GTEST_SKIP() << "cannot mount a small disk here (needs root)";
  const fs::path suite = folder.path() / "many.csv";
  std::string text = "op,m,n,k\n";
  for (int i = 0; i < 40; ++i) text += fmt::format("gemm,{},512,512\n", 496 + i);
  write_file(suite, text);
  const std::vector<std::string> arguments{"run",      "--suite", suite.string(), "--backend",
                                           "openblas", "--quick", "--out",        disk.string()};
  const Ran full = chipfit(arguments);
  EXPECT_EQ(full.exit_code, 74) << full.err;
  EXPECT_NE(full.err.find("space"), std::string::npos) << full.err;
  const auto kept = rows_of(disk);
  EXPECT_GT(kept.size(), 0u);
  EXPECT_LT(kept.size(), 40u);

  ASSERT_EQ(mount("tmpfs", disk.c_str(), "tmpfs", MS_REMOUNT, "size=64m"), 0);
  std::vector<std::string> resume = arguments;
  resume.push_back("--resume");
  const Ran ran = chipfit(resume);
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  const auto rows = rows_of(disk);
  EXPECT_EQ(rows.size(), 40u);
  for (std::size_t i = 0; i < kept.size(); ++i) EXPECT_EQ(rows[i].text(Column::case_id), kept[i].text(Column::case_id));
  umount(disk.c_str());
}

TEST(BadInput, AnUnusablePluginIsNamedAndTheOthersGoOn) {
  TemporaryFolder folder;
  const fs::path plugins = folder.path() / "plugins";
  fs::create_directory(plugins);
  // A library of another architecture: this machine's own, with the machine field of its ELF header changed.
  std::string elf = read_file(fs::path(CHIPFIT_PLUGINS) / "reference.so");
  ASSERT_GT(elf.size(), 64u);
  elf[18] = static_cast<char>(243);  // EM_RISCV
  elf[19] = 0;
  write_file(plugins / "foreign.so", elf);
  write_file(plugins / "foreign.chipfit.json", R"({"format":1,"abi":"1.0","name":"foreign","library":"foreign.so"})");
  write_file(plugins / "torn.chipfit.json", R"({"format":1,)");
  const std::map<std::string, std::string> environment{{"CHIPFIT_PLUGIN_PATH", plugins.string()}};
  const Ran devices = chipfit({"devices"}, environment);
  EXPECT_EQ(devices.exit_code, 0) << devices.err;
  const std::string said = devices.out + devices.err;
  EXPECT_NE(said.find("foreign"), std::string::npos) << said;
  EXPECT_NE(said.find("torn"), std::string::npos) << said;
  EXPECT_NE(said.find("openblas"), std::string::npos) << said;
  const Ran named = chipfit(
      {"run", "--case", "gemm:f32:NN:64x64x64", "--backend", "foreign", "--quick", "--out", folder.path().string()},
      environment);
  expect_error(named, 69, {"foreign"});
  const Ran others = chipfit({"run", "--case", "gemm:f32:NN:64x64x64", "--backend", "openblas", "--quick", "--out",
                              (folder.path() / "out").string()},
                             environment);
  EXPECT_EQ(others.exit_code, 0) << others.err;
}

}  // namespace
}  // namespace chipfit::e2e
