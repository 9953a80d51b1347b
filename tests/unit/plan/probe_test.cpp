#include "harness/plan/probe.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdlib>

#include "harness/plan/library_search.hpp"
#include "tests/unit/plan/elf_builder.hpp"

namespace chipfit::plan {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using testing::ElfBuilder;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Probe : public ::testing::Test {
 protected:
  Probe() {
    std::string name = (fs::temp_directory_path() / "chipfit-probe-XXXXXX").string();
    folder = mkdtemp(name.data());
  }
  ~Probe() override { fs::remove_all(folder); }
  fs::path write(const std::string& name, const std::string& content) const {
    std::ofstream(folder / name, std::ios::binary) << content;
    return folder / name;
  }
  void manifest(const std::string& more = "") const {
    write("x.chipfit.json", R"({"format": 1, "abi": "1.0", "name": "x")" + more + "}");
  }
  Probed probed(const ElfBuilder& library = {}) const { return probe_plugin(write("x.so", library.build())); }
  static std::string problems(const Probed& probed) {
    std::string text;
    for (const auto& problem : probed.problems) text += problem.what + "\n";
    return text;
  }
  fs::path folder;
};

TEST_F(Probe, EveryProblemIsListedAndWrongContentComesFirst) {
  manifest(R"(, "architecture": "pdp11")");
  const auto both = probed({.needed = {"libnowhere.so.1"}});
  EXPECT_EQ(problems(both), fmt::format("the manifest says pdp11, the library is for {}\n"
                                        "needs libnowhere.so.1, which is not on this machine\n",
                                        this_machine()));
  EXPECT_EQ(both.problems.front().kind, Error::Kind::bad_data);
}

TEST_F(Probe, WithoutAManifestTheLibraryIsStillRead) {
  const auto bare = probed();
  EXPECT_EQ(problems(bare), "the plugin has no manifest beside it\n");
  ASSERT_TRUE(bare.elf);
  EXPECT_THAT(bare.elf->exported, ElementsAre("chipfit_plugin_query_v1"));
  EXPECT_EQ(problems(probe_plugin(folder / "y.so")), "no such plugin\n");
}

TEST_F(Probe, AManifestOfAnotherLibraryIsAProblem) {
  for (const char* library : {"/usr/lib/libc.so.6", "../x.so", "y.so"}) {
    manifest(fmt::format(R"(, "library": "{}")", library));
    EXPECT_THAT(problems(probed()), HasSubstr("the manifest is of another library")) << library;
  }
  manifest(R"(, "library": "./x.so")");
  EXPECT_EQ(problems(probed()), "");
}

TEST_F(Probe, ExportsBesideTheQueryAreNoted) {
  manifest();
  const auto loud = probed({.exports = {"gemm", "chipfit_plugin_query_v1", "cblas_sgemm"}});
  EXPECT_EQ(problems(loud), "");
  ASSERT_EQ(loud.notes.size(), 1u);
  EXPECT_THAT(loud.notes[0].what, HasSubstr("exports 2 symbols besides its query function, cblas_sgemm first"));
}

TEST_F(Probe, ALibraryShippedBesideThePluginIsFoundByItsRunpath) {
  manifest();
  write("libmine.so.2", "x");
  const auto lost = probed({.needed = {"libmine.so.2"}});
  EXPECT_THAT(problems(lost), HasSubstr("needs libmine.so.2"));
  const auto found = probed({.needed = {"libmine.so.2"}, .runpath = "/nowhere:$ORIGIN"});
  EXPECT_EQ(problems(found), "");
  ASSERT_EQ(found.needed.size(), 1u);
  EXPECT_EQ(found.needed[0].found, folder / "libmine.so.2");
  EXPECT_THAT(found.elf->runpaths, ElementsAre("/nowhere", "$ORIGIN"));
}

TEST_F(Probe, FoldersComeFromTheLoadersConfigurationWithItsIncludes) {
  fs::create_directories(folder / "conf.d");
  write("conf.d/a.conf", "# a comment\n/opt/a  # and another\n\n");
  const auto file =
      write("ld.so.conf", fmt::format("include {}/conf.d/*.conf\n/opt/b\ninclude ld.so.conf\n", folder.string()));
  unsetenv("LD_LIBRARY_PATH");
  EXPECT_THAT(library_folders({}, folder / "x.so", file),
              ::testing::IsSupersetOf({fs::path("/opt/a"), fs::path("/opt/b"), fs::path("/usr/lib")}))
      << "and a circle of includes ends";
  EXPECT_EQ(find_library("libno.so", {folder}), fs::path());
}

}  // namespace
}  // namespace chipfit::plan
