#include "harness/results/manifest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "harness/results/build_info.hpp"
#include "harness/results/digest.hpp"
#include "tests/unit/results/temporary_folder.hpp"

namespace chipfit::results {
namespace {

using testing::HasSubstr;

Manifest full_manifest() {
  Manifest m;
  m.run_id = "20261122T084733Z-lab1-5f2c";
  m.plan_sha256 = std::string(64, 'a');
  m.lab = "实验室 1";
  m.argv = {"chipfit", "run", "--suite", "quick"};
  m.started_utc = "2026-11-22T08:47:33Z";
  m.interrupted = true;
  m.harness_version = "0.1.0";
  m.harness_commit = "abc";
  m.harness_compiler = "GNU 12.2.0";
  m.harness_build_type = "Release";
  m.harness = {"/bin/chipfit", std::string(64, 'b')};
  m.worker = {"/bin/chipfit-worker", std::string(64, 'c')};
  m.backends = {{"openblas", "1.0", "threads=2", 0, {"libopenblas.so", "d"}, {{"libc.so.6", "e"}, {"libm.so.6", "f"}}}};
  m.machine = {{"cores", 2}, {"cpu_model", "x"}};
  ManifestDevice device;
  device.backend = "openblas";
  device.device_uid = "lab1-0";
  device.chip = "x";
  device.device_index = 3;
  device.threads = 2;
  device.memory_bytes = 1ull << 40;
  device.nominal_clock_hz = 2.6e9;
  device.isolation = "L0";
  m.devices = {device};
  m.peaks = {{"host", "f32", "empirical", "avx512f fma f32", 1.25e11, "FLOP/s", 2}};
  m.environment = {{"LANG", "C"}};
  m.seeds = {{"pool", 0xffffffffffffffffull}};
  m.isolation_asked = "L0";
  m.clock_source = "CLOCK_MONOTONIC_RAW";
  m.settings = {{"round_s", 0.02}};
  m.files = {{"results.csv", "0"}};
  m.previous_manifest_sha256 = std::string(64, '1');
  m.superseded = {{"2", "2026-11-22T08:40:00Z"}};
  return m;
}

TEST(Manifest, WhatIsNoManifestIsRefusedWithTheMember) {
  auto json = to_json(full_manifest());
  EXPECT_FALSE(manifest_from_json(nlohmann::json::array()));
  EXPECT_FALSE(manifest_from_json(nlohmann::json::object()));
  struct Wrong {
    const char *pointer, *where;
    nlohmann::json value;
  };
  for (const Wrong& wrong :
       {Wrong{"/schema", "schema", "manifest-v9"}, Wrong{"/run_id", "run_id", 7}, Wrong{"/devices", "devices", "none"},
        Wrong{"/devices/0", "devices[0]", 1}, Wrong{"/devices/0/threads", "devices[0].threads", "two"},
        Wrong{"/seeds/pool", "seeds.pool", "-1"}, Wrong{"/seeds/pool", "seeds.pool", "18446744073709551616"}}) {
    auto changed = json;
    changed[nlohmann::json::json_pointer(wrong.pointer)] = wrong.value;
    const auto manifest = manifest_from_json(changed);
    ASSERT_FALSE(manifest) << wrong.pointer;
    EXPECT_EQ(manifest.error().kind, Error::Kind::bad_data);
    EXPECT_EQ(manifest.error().where, wrong.where);
  }
}

TEST(Manifest, ReadsBackAsItWasWritten) {
  const TemporaryFolder folder;
  const Manifest m = full_manifest();
  ASSERT_TRUE(write_manifest(folder.path, m));
  const auto read = read_manifest(folder.path);
  ASSERT_TRUE(read) << read.error().what << " " << read.error().where;
  EXPECT_TRUE(*read == m);
  EXPECT_THAT(content(folder / "manifest.json"), HasSubstr("\"18446744073709551615\""));
}

TEST(Manifest, AMemberOfALaterVersionIsIgnored) {
  auto json = to_json(full_manifest());
  json["new_in_v2"] = 1;
  EXPECT_TRUE(manifest_from_json(json) == full_manifest());
}

TEST(Manifest, ArgumentsThatAreNotUtf8DoNoHarm) {
  const TemporaryFolder folder;
  Manifest m;
  m.argv = {"chipfit", "\xff\xfe"};
  ASSERT_TRUE(write_manifest(folder.path, m));
  EXPECT_EQ(read_manifest(folder.path)->argv[1], "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(Manifest, AFileThatIsNotThereOrNotJsonIsSaid) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_manifest(folder.path).error().kind, Error::Kind::missing);
  put(folder / "manifest.json", "{\"schema\": ");
  EXPECT_EQ(read_manifest(folder.path).error().kind, Error::Kind::bad_data);
  put(folder / "manifest.json", "{\"schema\": \"manifest-v1\", \"peaks\": 3}");
  EXPECT_EQ(read_manifest(folder.path).error().where, (folder / "manifest.json").string() + ": peaks");
}

TEST(Manifest, ANewOneKnowsWhoWritesIt) {
  const Manifest m = new_manifest();
  EXPECT_EQ(m.harness_version, build_info().version);
  EXPECT_FALSE(m.harness_commit.empty());
  EXPECT_THAT(m.harness.path, HasSubstr("unit_results"));
  EXPECT_EQ(m.harness.sha256, sha256_file("/proc/self/exe").value());
  EXPECT_FALSE(m.started_utc.empty());
  EXPECT_TRUE(m.finished_utc.empty());
  EXPECT_EQ(harness_version(), m.harness_version + "+" + m.harness_commit);
}

// --- seal_run

TEST(SealRun, AFolderThatIsNotThereIsAnIoError) {
  Manifest m;
  const auto sealed = seal_run("/nonexistent/run", m, "");
  ASSERT_FALSE(sealed);
  EXPECT_EQ(sealed.error().kind, Error::Kind::io);
}

TEST(SealRun, AStateFolderThatCannotBeWrittenIsANoteOnly) {
  const TemporaryFolder run, state;
  put(state / "file", "");
  Manifest m;
  const auto sealed = seal_run(run.path, m, state / "file" / "chipfit");
  ASSERT_TRUE(sealed) << sealed.error().what;
  ASSERT_FALSE(sealed->notes.empty());
  EXPECT_THAT(sealed->notes.back(), HasSubstr("the next run will not name this manifest"));
  Manifest other;
  EXPECT_EQ(seal_run(run.path, other, "")->notes.size(), 1u);
}

TEST(SealRun, ADamagedStateFileStartsTheChainAnew) {
  const TemporaryFolder run, state;
  put(state / "last-manifest.sha256", "garbage\n");
  Manifest m;
  const auto sealed = seal_run(run.path, m, state.path);
  ASSERT_TRUE(sealed);
  EXPECT_EQ(sealed->notes.size(), 1u);
  EXPECT_EQ(m.previous_manifest_sha256, "");
  EXPECT_EQ(content(state / "last-manifest.sha256"), sealed->manifest_sha256 + "\n");
}

TEST(SealRun, DigestsWhatIsThereButNotItself) {
  const TemporaryFolder run, state;
  put(run / "results.csv", "abc");
  put(run / "worker-openblas.log", "");
  put(run / "results.csv.tmp-12-0000abcd", "left behind by a kill");
  put(run / "SHA256SUMS.sig", "old");
  std::filesystem::create_directory(run / "folder");
  std::filesystem::create_symlink("/etc/passwd", run / "link");
  Manifest m = full_manifest();
  m.finished_utc.clear();
  const auto sealed = seal_run(run.path, m, state / "new" / "chipfit");
  ASSERT_TRUE(sealed) << sealed.error().what;
  EXPECT_TRUE(sealed->notes.empty());
  EXPECT_EQ(m.files, (std::vector<FileDigest>{{"results.csv", sha256("abc")}, {"worker-openblas.log", sha256("")}}));
  EXPECT_FALSE(m.finished_utc.empty());
  EXPECT_TRUE(read_manifest(run.path) == m);
  EXPECT_EQ(sealed->manifest_sha256, sha256(content(run / "manifest.json")));
  EXPECT_EQ(content(run / "SHA256SUMS"), sealed->manifest_sha256 + "  manifest.json\n" + sha256("abc") +
                                             "  results.csv\n" + sha256("") + "  worker-openblas.log\n");
}

TEST(SealRun, EachManifestNamesTheOneBefore) {
  const TemporaryFolder first, second, third, state;
  Manifest a, b, c;
  const auto sealed_a = seal_run(first.path, a, state.path);
  const auto sealed_b = seal_run(second.path, b, state.path);
  const auto sealed_c = seal_run(third.path, c, state.path);
  ASSERT_TRUE(sealed_a && sealed_b && sealed_c);
  EXPECT_EQ(a.previous_manifest_sha256, "");
  EXPECT_EQ(b.previous_manifest_sha256, sealed_a->manifest_sha256);
  EXPECT_EQ(c.previous_manifest_sha256, sealed_b->manifest_sha256);
}

TEST(SealRun, AResumedRunKeepsTheChainWhole) {
  const TemporaryFolder run, state;
  Manifest start;
  start.started_utc = "2026-11-22T08:00:00Z";
  ASSERT_TRUE(write_manifest(run.path, start));  // as at the start of a run: in nobody's chain
  Manifest interrupted = start;
  interrupted.interrupted = true;
  const auto first = seal_run(run.path, interrupted, state.path);
  Manifest resumed = start;
  const auto second = seal_run(run.path, resumed, state.path);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(resumed.previous_manifest_sha256, first->manifest_sha256);
  EXPECT_EQ(resumed.superseded, (std::vector<SupersededManifest>{{first->manifest_sha256, interrupted.finished_utc}}));
}

TEST(StateFolder, FollowsTheXdgSpecification) {
  const char* home = ::getenv("HOME");
  const char* state = ::getenv("XDG_STATE_HOME");
  const std::string old_home = home != nullptr ? home : "", old_state = state != nullptr ? state : "";
  ::setenv("HOME", "/home/ann", 1);
  ::setenv("XDG_STATE_HOME", "/var/state", 1);
  EXPECT_EQ(default_state_folder(), "/var/state/chipfit");
  ::setenv("XDG_STATE_HOME", "relative", 1);
  EXPECT_EQ(default_state_folder(), "/home/ann/.local/state/chipfit");
  ::unsetenv("XDG_STATE_HOME");
  EXPECT_EQ(default_state_folder(), "/home/ann/.local/state/chipfit");
  ::unsetenv("HOME");
  EXPECT_EQ(default_state_folder(), "");
  if (home != nullptr) ::setenv("HOME", old_home.c_str(), 1);
  if (state != nullptr) ::setenv("XDG_STATE_HOME", old_state.c_str(), 1);
}

}  // namespace
}  // namespace chipfit::results
