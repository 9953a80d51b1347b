#include "harness/plan/backends.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/unit/plan/elf_builder.hpp"

namespace chipfit::plan {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using testing::ElfBuilder;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Backends : public ::testing::Test {
 protected:
  Backends() {
    std::string name = (fs::temp_directory_path() / "chipfit-plan-XXXXXX").string();
    folder = mkdtemp(name.data());
  }
  ~Backends() override { fs::remove_all(folder); }

  fs::path write(const std::string& name, const std::string& content) const {
    std::ofstream(folder / name, std::ios::binary) << content;
    return folder / name;
  }
  fs::path plugin(const std::string& file, const std::string& name, const ElfBuilder& library = {}) const {
    write(file + ".so", library.build());
    return write(file + ".chipfit.json", fmt::format(R"({{"format": 1, "abi": "1.0", "name": "{}"}})", name));
  }
  Error error_of(const std::string& manifest) const {
    write("x.so", ElfBuilder{}.build());
    const auto loaded = load_manifest(write("x.chipfit.json", manifest));
    return loaded ? Error{Error::Kind::internal, "loaded", "", ""} : loaded.error();
  }

  fs::path folder;
};

TEST_F(Backends, MalformedJsonIsReportedByLineAndColumn) {
  const auto error = error_of("{\"format\": 1,\n  \"abi\" \"1.0\"}");
  EXPECT_EQ(error.kind, Error::Kind::bad_data);
  EXPECT_THAT(error.what, HasSubstr("not JSON"));
  EXPECT_THAT(error.where, HasSubstr("x.chipfit.json:2:"));
  EXPECT_THAT(error_of("[1, 2]").what, HasSubstr("a JSON object was expected"));
  EXPECT_EQ(error_of("").kind, Error::Kind::bad_data);
  EXPECT_EQ(error_of("{\"format\": 1e999}").kind, Error::Kind::bad_data);
  EXPECT_EQ(error_of(std::string(100000, '[')).kind, Error::Kind::bad_data);
}

TEST_F(Backends, WrongValuesAreReportedWhereTheyStand) {
  EXPECT_THAT(error_of(R"({"format": 1, "abi": "1.0"})").what, HasSubstr("'name' is missing"));
  EXPECT_THAT(error_of(R"({"abi": "1.0", "name": "x"})").what, HasSubstr("'format' is missing"));
  EXPECT_THAT(error_of(R"({"format": 7, "abi": "1.0", "name": "x"})").what, HasSubstr("format 7 is not known"));
  EXPECT_THAT(error_of(R"({"format": "1", "abi": "1.0", "name": "x"})").what, HasSubstr("'format'"));
  EXPECT_THAT(error_of(R"({"format": 1, "abi": 1.0, "name": "x"})").what, HasSubstr("'abi': a string"));
  EXPECT_THAT(error_of(R"({"format": 1, "abi": "one", "name": "x"})").what, HasSubstr("'one' is not an ABI version"));
  for (const auto* name : {"", "a b", "a/b", "..", "-x", "a,b"}) {
    EXPECT_THAT(error_of(fmt::format(R"({{"format": 1, "abi": "1.0", "name": "{}"}})", name)).what,
                HasSubstr("is not a backend name"));
  }
  const auto error =
      error_of("{\"format\": 1, \"abi\": \"1.0\", \"name\": \"x\",\n \"device_nodes\": [\"/dev/a\", 3]}");
  EXPECT_THAT(error.what, HasSubstr("a list of strings"));
  EXPECT_THAT(error.where, EndsWith("x.chipfit.json:2:2"));
  EXPECT_THAT(error_of(R"({"format": 1, "abi": "1.0", "name": "x", "scratch_bytes": -1})").what,
              HasSubstr("whole number"));
}

TEST_F(Backends, AnotherAbiMajorIsUnavailableNotWrong) {
  const auto error = error_of(R"({"format": 1, "abi": "2.1", "name": "x"})");
  EXPECT_EQ(error.kind, Error::Kind::unavailable);
  EXPECT_EQ(error.what, "ABI major 2, this harness speaks 1");
}

TEST_F(Backends, ANewerMinorIsUsable) {
  write("x.so", ElfBuilder{}.build());
  EXPECT_TRUE(load_manifest(write("x.chipfit.json", R"({"format": 1, "abi": "1.9", "name": "x"})")));
}

TEST_F(Backends, UnknownKeysAreNotesWithASuggestion) {
  write("x.so", ElfBuilder{}.build());
  const auto loaded = load_manifest(
      write("x.chipfit.json", "{\"format\": 1, \"abi\": \"1.0\", \"name\": \"x\",\n\"descripton\": \"typo\"}"));
  ASSERT_TRUE(loaded) << loaded.error().what;
  ASSERT_THAT(loaded->notes, SizeIs(1));
  EXPECT_THAT(loaded->notes[0], HasSubstr("x.chipfit.json:2:1: unknown key 'descripton'"));
  EXPECT_THAT(loaded->notes[0], HasSubstr("did you mean 'description'?"));
}

TEST_F(Backends, TakesEveryKey) {
  write("lib.so", ElfBuilder{}.build());
  const auto loaded = load_manifest(
      write("x.chipfit.json",
            fmt::format(R"({{"format":1,"abi":"1.0","name":"x","library":"lib.so","architecture":"{}","description":"d",
      "install_hint":"apt install x","in_default_runs":false,"device_nodes":["/dev/x"],"read_paths":["/opt/x"],
      "environment":["X_HOME"],"may_start_programs":true,"scratch_bytes":4096,"options":"threads=2"}})",
                        this_machine())));
  ASSERT_TRUE(loaded) << loaded.error().what;
  EXPECT_EQ(loaded->name, "x");
  EXPECT_EQ(loaded->library, folder / "lib.so");
  EXPECT_EQ(loaded->description, "d");
  EXPECT_EQ(loaded->install_hint, "apt install x");
  EXPECT_FALSE(loaded->in_default_runs);
  EXPECT_THAT(loaded->device_nodes, ElementsAre("/dev/x"));
  EXPECT_THAT(loaded->read_paths, ElementsAre("/opt/x"));
  EXPECT_THAT(loaded->environment, ElementsAre("X_HOME"));
  EXPECT_TRUE(loaded->may_start_programs);
  EXPECT_EQ(loaded->scratch_bytes, 4096u);
  EXPECT_EQ(loaded->options, "threads=2");
  EXPECT_THAT(loaded->notes, IsEmpty());
}

TEST_F(Backends, APathThatBeginsWithAVariableFollowsIt) {
  write("lib.so", ElfBuilder{}.build());
  setenv("CHIPFIT_TEST_HOME", "/opt/venv", 1);
  setenv("CHIPFIT_TEST_RELATIVE", "venv", 1);
  unsetenv("CHIPFIT_TEST_UNSET");
  const auto loaded = load_manifest(write("x.chipfit.json", R"({"format":1,"abi":"1.0","name":"x","library":"lib.so",
      "read_paths":["/a","$CHIPFIT_TEST_HOME","$CHIPFIT_TEST_HOME/lib","$CHIPFIT_TEST_UNSET","$CHIPFIT_TEST_RELATIVE"]})"));
  ASSERT_TRUE(loaded) << loaded.error().what;
  EXPECT_THAT(loaded->read_paths, ElementsAre("/a", "/opt/venv", "/opt/venv/lib"));
}

TEST_F(Backends, TheLibraryIsTheManifestsNameUnlessSaidOtherwise) {
  const auto loaded = load_manifest(plugin("libmine", "mine"));
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->library, folder / "libmine.so");
  EXPECT_EQ(loaded->architecture, this_machine());
}

TEST_F(Backends, AMissingLibraryGivesTheManifestsInstallHint) {
  const auto loaded = load_manifest(write(
      "x.chipfit.json", R"({"format": 1, "abi": "1.0", "name": "x", "install_hint": "apt install chip-runtime"})"));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().kind, Error::Kind::unavailable);
  EXPECT_EQ(loaded.error().where, (folder / "x.so").string());
  EXPECT_THAT(loaded.error().hint, HasSubstr("apt install chip-runtime\n"));
}

TEST_F(Backends, AManifestThatNamesAnotherMachineThanItsLibraryIsWrong) {
  EXPECT_THAT(error_of(R"({"format": 1, "abi": "1.0", "name": "x", "architecture": "z80"})").what,
              HasSubstr("the manifest says z80"));
}

TEST_F(Backends, APipeIsNotReadAsAManifest) {
  ASSERT_EQ(mkfifo((folder / "x.chipfit.json").c_str(), 0600), 0);
  EXPECT_THAT(load_manifest(folder / "x.chipfit.json").error().what, HasSubstr("not a file"));
}

TEST_F(Backends, OneBadPluginNeverHidesAnother) {
  plugin("b", "good_b");
  plugin("a", "good_a");
  plugin("old", "old", {.exports = {"chipfit_plugin_query_v0"}});
  write("torn.chipfit.json", "{");
  write("lonely.so", ElfBuilder{}.build());
  write("readme.txt", "not a plugin");
  const auto catalog = discover({folder});
  ASSERT_THAT(catalog.usable, SizeIs(2));
  EXPECT_EQ(catalog.usable[0].name, "good_a");
  EXPECT_EQ(catalog.usable[1].name, "good_b");
  ASSERT_THAT(catalog.rejected, SizeIs(3));
  EXPECT_EQ(catalog.rejected[0].name, "lonely");
  EXPECT_THAT(catalog.rejected[0].error.what, HasSubstr("no manifest"));
  EXPECT_EQ(catalog.rejected[1].name, "old");
  EXPECT_EQ(catalog.rejected[1].error.what, "ABI major 0, this harness speaks 1");
  EXPECT_EQ(catalog.rejected[2].name, "torn");
}

TEST_F(Backends, TheFirstOfANameWinsAndTheOtherIsListed) {
  fs::create_directory(folder / "later");
  plugin("x", "same");
  plugin("later/x", "same");
  const auto catalog = discover({folder, folder / "later", folder});
  ASSERT_THAT(catalog.usable, SizeIs(1));
  EXPECT_EQ(catalog.usable[0].manifest, folder / "x.chipfit.json");
  ASSERT_THAT(catalog.rejected, SizeIs(1));
  EXPECT_THAT(catalog.rejected[0].error.what, HasSubstr("found first"));
}

TEST_F(Backends, AFolderThatIsNotThereIsSkipped) {
  const auto catalog = discover({folder / "nowhere"});
  EXPECT_THAT(catalog.usable, IsEmpty());
  EXPECT_THAT(catalog.rejected, IsEmpty());
}

TEST_F(Backends, FindsByNameAndByPathAndSuggests) {
  plugin("openblas", "openblas");
  plugin("broken", "broken", {.exports = {}});
  const auto catalog = discover({folder});
  EXPECT_TRUE(find_backend(catalog, "openblas"));
  EXPECT_TRUE(find_backend(catalog, (folder / "openblas.so").string()));
  EXPECT_TRUE(find_backend(catalog, (folder / "openblas.chipfit.json").string()));
  const auto unknown = find_backend(catalog, "opnblas");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, Error::Kind::usage);
  EXPECT_THAT(unknown.error().hint, HasSubstr("did you mean 'openblas'?"));
  const auto broken = find_backend(catalog, "broken");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().what, "does not export chipfit_plugin_query_v1");
  EXPECT_EQ(find_backend(catalog, "./nowhere.so").error().kind, Error::Kind::missing);
}

TEST_F(Backends, TheSearchPathNeverHoldsTheCurrentFolder) {
  setenv("CHIPFIT_PLUGIN_PATH", (folder.string() + "::.:plugins:/other").c_str(), 1);
  setenv("XDG_DATA_HOME", "/data", 1);
  const auto folders = plugin_folders();
  unsetenv("CHIPFIT_PLUGIN_PATH");
  unsetenv("XDG_DATA_HOME");
  ASSERT_THAT(folders, SizeIs(4));
  EXPECT_EQ(folders[0], folder);
  EXPECT_EQ(folders[1], "/other");
  EXPECT_EQ(folders[2], "/data/chipfit/plugins");
  EXPECT_THAT(folders[3].string(), EndsWith("/lib/chipfit/plugins"));
}

}  // namespace
}  // namespace chipfit::plan
