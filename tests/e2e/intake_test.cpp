// A submission from both ends: packed, tampered with in every way, taken in.
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "harness/bundle/bundle.hpp"
#include "harness/results/digest.hpp"
#include "tests/e2e/command.hpp"

namespace chipfit::e2e {
namespace {

namespace fs = std::filesystem;

class Intake : public testing::Test {
 protected:
  TemporaryFolder temporary;
  fs::path folder = temporary.path();
  fs::path bundle = folder / "honest-x1.chipfit.tar", signers = folder / "signers", out = folder / "results";

  void SetUp() override {
    make_key("vendor");
    make_key("stranger");
    const std::string key = read_file(folder / "vendor.pub");
    write_file(signers, "qa@mychip.example " + key);
    write_file(folder / "NOTES.md", "Driver 3 is needed.\n");
    const Ran packed = pack("honest", "vendor");
    ASSERT_EQ(packed.exit_code, 0) << packed.out << packed.err;
  }
  void make_key(const std::string& name) {
    const auto command = "ssh-keygen -q -t ed25519 -N '' -C '' -f '" + (folder / name).string() + "'";
    ASSERT_EQ(std::system(command.c_str()), 0);
  }
  Ran pack(const std::string& plugin, const std::string& key, std::vector<std::string> more = {}) {
    std::vector<std::string> words{"pack",      (fs::path(CHIPFIT_HOSTILE_DIR) / (plugin + ".so")).string(),
                                   "--vendor",  "mycompany",
                                   "--chip",    "x1",
                                   "--key",     (folder / key).string(),
                                   "--notes",   (folder / "NOTES.md").string(),
                                   "-o",        bundle.string(),
                                   "--seconds", "0"};
    words.insert(words.end(), more.begin(), more.end());
    return chipfit(words);
  }
  Ran intake(const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"intake", bundle.string(), "--signers", signers.string(),
                                   "--out",  out.string(),    "--seconds", "0"};
    words.insert(words.end(), more.begin(), more.end());
    return chipfit(words);
  }
  bundle::Files files() { return *bundle::open(bundle); }
  void write(const bundle::Files& files) { write_file(bundle, *bundle::write_archive("honest-x1", files)); }
  /// As an attacker who can make sums, but not signatures.
  static void sum_again(bundle::Files& files) {
    std::string sums;
    for (const auto& [name, content] : files)
      if (!name.starts_with("SHA256SUMS")) sums += results::sha256(content) + "  " + name + "\n";
    files["SHA256SUMS"] = sums;
  }
  void expect_stop(const std::string& step, const std::string& word, int exit_code = 65) {
    const Ran ran = intake();
    EXPECT_EQ(ran.exit_code, exit_code) << ran.err;
    EXPECT_NE(ran.err.find("intake stops at step '" + step + "'"), std::string::npos) << ran.err;
    EXPECT_NE(ran.err.find(word), std::string::npos) << ran.err;
    EXPECT_NE(ran.err.find("hint:"), std::string::npos) << "what a vendor can do: " << ran.err;
    EXPECT_FALSE(fs::exists(out / "mycompany/x1/run")) << "nothing was run";
  }
};

TEST_F(Intake, AChangedFileIsNotWhatWasSigned) {
  auto changed = files();
  changed["honest.so"].back() ^= 1;
  write(changed);
  expect_stop("checksums", "honest.so is not what was signed");
  sum_again(changed);
  write(changed);
  expect_stop("signature", "one of the two was changed");
}

TEST_F(Intake, NothingCanBeAddedOrTakenAway) {
  auto changed = files();
  changed["libevil.so"] = "x";
  write(changed);
  expect_stop("checksums", "libevil.so was added");
  changed = files();
  changed.erase("libevil.so");
  changed.erase("check.json");
  write(changed);
  expect_stop("checksums", "check.json is missing");
}

TEST_F(Intake, WithoutASignatureOrByAStrangerNothingIsRun) {
  auto changed = files();
  changed.erase("SHA256SUMS.sig");
  write(changed);
  expect_stop("signature", "there is no SHA256SUMS.sig");
  ASSERT_EQ(pack("honest", "stranger").exit_code, 0);
  expect_stop("signature", "signed by a key that is not among the allowed signers: ED25519 SHA256:");
}

TEST_F(Intake, DamagedArchivesAreRefused) {
  const std::string whole = read_file(bundle);
  write_file(bundle, whole.substr(0, whole.size() / 2));
  expect_stop("archive", "");
  write_file(bundle, "not a tar");
  expect_stop("archive", "");
  fs::remove(bundle);
  EXPECT_EQ(intake().exit_code, 66);
}

TEST_F(Intake, ATrustedVendorsBrokenPluginStopsAtConformance) {
  // The vendor's own pack refuses it, so the bundle is made by hand and signed by the vendor.
  EXPECT_EQ(pack("overrun", "vendor").exit_code, 1);
  auto broken = files();
  const fs::path hostile = CHIPFIT_HOSTILE_DIR;
  bundle::Index index = *bundle::check_contents(broken, "x");
  broken.erase("honest.so");
  broken.erase("honest.chipfit.json");
  broken["overrun.so"] = read_file(hostile / "overrun.so");
  broken["overrun.chipfit.json"] = read_file(hostile / "overrun.chipfit.json");
  index.plugin = "overrun";
  index.library = "overrun.so";
  index.manifest = "overrun.chipfit.json";
  ASSERT_TRUE(bundle::pack(index, broken, folder / "vendor", bundle));
  const Ran ran = intake();
  EXPECT_EQ(ran.exit_code, 1) << ran.err;
  EXPECT_NE(ran.out.find("P9 is broken"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("again: chipfit check"), std::string::npos) << ran.out;
  EXPECT_NE(ran.err.find("stops at step 'conformance'"), std::string::npos) << ran.err;
  const Ran again = intake({"--json"});
  EXPECT_EQ(again.exit_code, 1) << again.err;
  const auto record = nlohmann::json::parse(again.out);
  EXPECT_EQ(record["exit_code"], 1);
  EXPECT_EQ(record["check"]["passed"], false);
}

TEST_F(Intake, AManifestThatPointsOutOfTheBundleStopsAtProbe) {
  auto odd = files();
  const bundle::Index index = *bundle::check_contents(odd, "x");
  auto manifest = nlohmann::json::parse(odd["honest.chipfit.json"]);
  manifest["library"] = (fs::path(CHIPFIT_HOSTILE_DIR) / "overrun.so").string();
  odd["honest.chipfit.json"] = manifest.dump();
  ASSERT_TRUE(bundle::pack(index, odd, folder / "vendor", bundle));
  expect_stop("probe", "the manifest is of another library");
}

TEST_F(Intake, AGoodSubmissionLeavesResultsAndARecord) {
  write_file(folder / "one.csv", "op,m,n,k\ngemm,64,64,64\n");
  const Ran ran = intake({"--suite", (folder / "one.csv").string(), "--lab", "lab one", "--json"});
  ASSERT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  const fs::path chip = out / "mycompany/x1";
  const auto rows = rows_of(chip);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].text(results::Column::verdict), "OK");
  EXPECT_EQ(rows[0].text(results::Column::lab), "lab one");
  const auto record = nlohmann::json::parse(read_file(run_folder(chip).string() + ".intake.json"));
  EXPECT_EQ(nlohmann::json::parse(ran.out), record) << "stdout is the record and nothing else";
  EXPECT_EQ(record["signer"], "qa@mychip.example");
  EXPECT_EQ(record["check"]["passed"], true);
  std::string steps;
  for (const auto& step : record["steps"]) steps += step["step"].get<std::string>() + " ";
  const auto page = run_folder(chip).string() + ".report.html";
  const std::string report = fs::exists(page) ? "report " : "";  // a build without Node.js has no page
  EXPECT_EQ(steps, "archive checksums signature probe conformance suite " + report);
  EXPECT_EQ(rows[0].text(results::Column::provenance), "lab-run");
  const auto packed = nlohmann::json::parse(files()["check.json"]);
  EXPECT_EQ(packed["passed"], true);
  EXPECT_EQ(packed["library_sha256"], results::sha256(files()["honest.so"]));
}

}  // namespace
}  // namespace chipfit::e2e
