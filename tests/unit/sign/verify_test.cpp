#include "harness/sign/verify.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "harness/results/manifest.hpp"
#include "harness/results/run_folder.hpp"
#include "harness/sandbox/run_program.hpp"
#include "harness/sign/sign.hpp"

namespace chipfit::sign {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const fs::path kKeygen = "/usr/bin/ssh-keygen";

/// A laboratory's folder of runs, a key of its own and the list that names it.
class SignedRuns : public ::testing::Test {
 protected:
  void SetUp() override {
    auto pattern = (fs::temp_directory_path() / "chipfit-sign-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    make_key("lab");
    std::ifstream key(folder_ / "lab.pub");
    std::string type, text;
    key >> type >> text;
    std::ofstream(folder_ / "allowed") << "lab@example.org namespaces=\"chipfit-results\" " << type << " " << text
                                       << "\n";
  }
  void TearDown() override { fs::remove_all(folder_); }

  void keygen(const std::vector<std::string>& arguments) {
    const auto end = sandbox::run_program({kKeygen, arguments, {}, {}, {}}, 30);
    ASSERT_TRUE(end && end->ok()) << (end ? end->output : end.error().what);
  }
  void make_key(const std::string& name) {
    keygen({"-q", "-t", "ed25519", "-N", "", "-C", "", "-f", (folder_ / name).string()});
  }
  /// A sealed run that follows the one sealed before.
  fs::path seal(const std::string& name) {
    const auto run = folder_ / "runs" / name;
    fs::create_directories(run);
    EXPECT_TRUE(results::write_whole(run / "results.csv", results::to_text({})));
    auto manifest = results::new_manifest();
    manifest.run_id = name;
    manifest.machine = {{"host", "node1"}};
    EXPECT_TRUE(results::seal_run(run, manifest, folder_ / "state"));
    return run;
  }
  CheckedRun check(const fs::path& run, const fs::path& allowed) {
    const auto checked = verify_runs(run, allowed);
    return checked ? checked->front() : CheckedRun{"", "", "", {checked.error().what}, {}};
  }

  fs::path folder_;
};

TEST_F(SignedRuns, SaysWhoVouchesForARun) {
  const auto run = seal("a");
  ASSERT_TRUE(sign_run(run, folder_ / "lab"));
  const auto checked = check(run, folder_ / "allowed");
  EXPECT_THAT(checked.faults, IsEmpty());
  EXPECT_EQ(checked.signer, "lab@example.org");
  EXPECT_THAT(checked.key, HasSubstr("SHA256:"));
  EXPECT_TRUE(sign_run(run, folder_ / "lab")) << "signing again replaces the signature";
}

TEST_F(SignedRuns, FindsAChangedFileAndRefusesToSignIt) {
  const auto run = seal("a");
  ASSERT_TRUE(sign_run(run, folder_ / "lab"));
  std::ofstream(run / "results.csv", std::ios::app) << "better,numbers\n";
  EXPECT_THAT(check(run, folder_ / "allowed").faults, Contains("results.csv was changed"));
  const auto again = sign_run(run, folder_ / "lab");
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().what, HasSubstr("results.csv was changed"));
}

TEST_F(SignedRuns, FindsFilesThatAreGoneOrCameLater) {
  const auto run = seal("a");
  fs::remove(run / "results.csv");
  std::ofstream(run / "telemetry.csv") << "x\n";
  const auto faults = check(run, "").faults;
  EXPECT_THAT(faults, Contains("results.csv is gone"));
  EXPECT_THAT(faults, Contains("telemetry.csv is not named in SHA256SUMS"));
}

TEST_F(SignedRuns, FindsDigestsThatWereWrittenAnewAfterSigning) {
  const auto run = seal("a");
  ASSERT_TRUE(sign_run(run, folder_ / "lab"));
  std::ofstream(run / "results.csv", std::ios::app) << "better,numbers\n";
  auto manifest = *results::read_manifest(run);
  ASSERT_TRUE(results::seal_run(run, manifest, folder_ / "state"));
  EXPECT_THAT(check(run, "").faults, Contains(HasSubstr("does not fit SHA256SUMS")));
}

TEST_F(SignedRuns, DoesNotTakeASignatureForAnotherPurpose) {
  const auto run = seal("a");
  keygen({"-Y", "sign", "-q", "-f", (folder_ / "lab").string(), "-n", "git", (run / "SHA256SUMS").string()});
  EXPECT_THAT(check(run, folder_ / "allowed").faults, Contains(HasSubstr("signed for 'git'")));
}

TEST_F(SignedRuns, DoesNotTakeASignatureOfAStranger) {
  const auto run = seal("a");
  make_key("stranger");
  ASSERT_TRUE(sign_run(run, folder_ / "stranger"));
  EXPECT_THAT(check(run, folder_ / "allowed").faults, Contains(HasSubstr("not among the allowed signers")));
  EXPECT_THAT(check(run, "").notes, Contains(HasSubstr("nobody is known to be")));
}

TEST_F(SignedRuns, CallsAnUnsignedRunSelfReported) {
  const auto run = seal("a");
  EXPECT_THAT(check(run, "").notes, Contains(HasSubstr("self-reported / 自测")));
  EXPECT_THAT(check(run, "").faults, IsEmpty());
  EXPECT_THAT(check(run, folder_ / "allowed").faults, Contains(HasSubstr("self-reported / 自测")));
}

TEST_F(SignedRuns, FindsARunThatIsMissingInTheChain) {
  seal("a");
  const auto second = seal("b");
  seal("c");
  const auto whole = verify_runs(folder_ / "runs", "");
  ASSERT_TRUE(whole && whole->size() == 3u);
  for (const auto& run : *whole) EXPECT_THAT(run.faults, IsEmpty()) << run.name;
  fs::remove_all(second);
  const auto holed = verify_runs(folder_ / "runs", "");
  ASSERT_TRUE(holed && holed->size() == 2u);
  EXPECT_THAT((*holed)[1].faults, Contains(HasSubstr("a run is missing")));
}

TEST_F(SignedRuns, SaysWhatIsMissing) {
  EXPECT_EQ(verify_runs(folder_ / "nowhere", "").error().kind, Error::Kind::missing);
  EXPECT_EQ(verify_runs(seal("a"), folder_ / "nobody").error().kind, Error::Kind::missing);
  EXPECT_EQ(sign_run(folder_ / "runs" / "a", folder_ / "no_key").error().kind, Error::Kind::missing);
}

}  // namespace
}  // namespace chipfit::sign
