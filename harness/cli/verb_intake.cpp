#include <fmt/format.h>

#include "harness/bundle/bundle.hpp"
#include "harness/cli/check_text.hpp"
#include "harness/cli/errors.hpp"
#include "harness/cli/json_out.hpp"
#include "harness/cli/text.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/plan/probe.hpp"
#include "harness/results/run_folder.hpp"

namespace chipfit::cli {
namespace {

namespace fs = std::filesystem;

/// Says each step when it is done, and at which one it ended.
class Steps {
 public:
  Steps(const fs::path& bundle, Console& console) : bundle_(bundle), console_(console) {}

  void done(const std::string& step, const std::string& what) {
    console_.talk(fmt::format("{}: {}", step, printable(what)));
    record_.push_back({{"step", step}, {"what", what}});
  }
  tl::unexpected<Error> stopped(const std::string& step, Error error) const {
    error.what = fmt::format("intake stops at step '{}': {}", step, error.what);
    if (error.where.empty()) error.where = bundle_.string();
    return pass_on(std::move(error));
  }
  const nlohmann::ordered_json& record() const { return record_; }

 private:
  const fs::path& bundle_;
  Console& console_;
  nlohmann::ordered_json record_ = nlohmann::ordered_json::array();
};

/// Before anything of the bundle is run: the files are what was signed, by whom, and can be loaded here.
Result<bundle::Unpacked> accept(const IntakeCommand& command, Steps& steps, nlohmann::ordered_json& record) {
  const auto files = bundle::open(command.bundle);
  if (!files) return steps.stopped("archive", files.error());
  steps.done("archive", fmt::format("{} plain files", files->size()));
  const auto index = bundle::check_contents(*files, command.bundle.string());
  if (!index) return steps.stopped("checksums", index.error());
  steps.done("checksums", "every file is what SHA256SUMS says");
  const auto signer = bundle::signer_of(*files, command.signers, command.bundle.string());
  if (!signer) return steps.stopped("signature", signer.error());
  steps.done("signature", fmt::format("{} ({})", signer->principal, signer->key));
  const auto unpacked = bundle::unpack(command.bundle, *files, *index, command.out / index->vendor / index->chip);
  if (!unpacked) return steps.stopped("unpack", unpacked.error());
  const auto probed = plan::probe_plugin(unpacked->file(index->library));
  if (!probed.problems.empty()) return steps.stopped("probe", probed.problems.front());
  if (probed.manifest->name != index->plugin)
    return steps.stopped(
        "probe", {Error::Kind::bad_data,
                  fmt::format("the bundle is of '{}', its manifest of '{}'", index->plugin, probed.manifest->name),
                  unpacked->file(index->manifest).string(), "pack it again"});
  steps.done("probe",
             fmt::format("{} for {}, ABI {}", probed.manifest->name, probed.elf->machine, probed.manifest->abi));
  record = {{"format", 1},
            {"bundle", command.bundle.filename().string()},
            {"bundle_sha256", unpacked->sha256},
            {"signer", signer->principal},
            {"signer_key", signer->key},
            {"vendor", index->vendor},
            {"chip", index->chip},
            {"plugin", index->plugin},
            {"version", index->version},
            {"packed_by", index->harness_version}};
  return *unpacked;
}

nlohmann::ordered_json finished(nlohmann::ordered_json record, const Steps& steps, int exit_code) {
  record["exit_code"] = exit_code;
  record["steps"] = steps.record();
  return record;
}

/// The run that this intake has started: the newest folder that was not there before.
fs::path newest_run(const fs::path& folder) {
  fs::path newest;
  std::error_code failed;
  for (fs::directory_iterator entry(folder, failed); !failed && entry != fs::directory_iterator();
       entry.increment(failed))
    if (fs::exists(entry->path() / "results.csv", failed) && entry->path().filename() > newest.filename())
      newest = entry->path();
  return newest;
}

}  // namespace

Result<int> intake(const IntakeCommand& command, const std::vector<std::string>& arguments, Console& console) {
  Steps steps(command.bundle, console);
  nlohmann::ordered_json record;
  const bool people = command.format == Format::people;
  const Format format_of_steps = people ? Format::people : Format::none;
  const auto unpacked = accept(command, steps, record);
  if (!unpacked) return pass_on(unpacked.error());
  const fs::path folder = command.out / unpacked->index.vendor / unpacked->index.chip;
  const fs::path library = unpacked->file(unpacked->index.library);

  CheckOptions options = command.check;
  if (!unpacked->index.expected.empty()) options.expected = unpacked->file(unpacked->index.expected);
  const auto checked = check_plugin(library, options, console);
  if (!checked) return steps.stopped("conformance", checked.error());
  record["check"] = check_json(*checked);
  if (!checked->report.passed()) {
    if (people) console.data(check_text(*checked, console.paper()));
    console.talk("intake stops at step 'conformance'; the vendor can repeat each finding by the line below it");
    if (!people) print_json(finished(std::move(record), steps, exit_verdict), console);
    return exit_verdict;
  }
  steps.done("conformance", fmt::format("passed with seed {}", checked->report.seed));

  RunCommand suite;
  suite.selection.suites = command.suites;
  suite.selection.backends = {library.string()};
  suite.selection.options = command.check.options;
  suite.selection.devices = {command.check.device};
  suite.out = folder;
  suite.lab = command.lab;
  suite.format = format_of_steps;
  if (!command.lab.empty()) suite.provenance = results::Provenance::lab_run;
  const fs::path before = newest_run(folder);
  const auto ran = run(suite, arguments, console);
  if (!ran) return steps.stopped("suite", ran.error());
  const fs::path results = newest_run(folder);
  if (results.empty() || results == before)
    return steps.stopped("suite", {Error::Kind::unavailable, "the suite has left no results", folder.string(), ""});
  steps.done("suite", results.string());
  ReportCommand page;
  page.inputs = {results};
  page.output = results.string() + ".report.html";
  page.format = format_of_steps;
  if (const auto reported = report(page, console); reported) {
    steps.done("report", page.output.string());
  } else if (reported.error().kind == Error::Kind::unavailable) {
    console.note(fmt::format("no report: {}", reported.error().what));
  } else {
    return steps.stopped("report", reported.error());
  }
  record = finished(std::move(record), steps, *ran);
  // Beside the run and not in it: the run's own sums are complete.
  const auto written = results::write_whole(
      results.string() + ".intake.json", record.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  if (!written) return pass_on(written.error());
  if (!people) print_json(record, console);
  return *ran;
}

}  // namespace chipfit::cli
