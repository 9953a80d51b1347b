#include "harness/cli/vendor_arguments.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>

#include "harness/bundle/archive.hpp"
#include "harness/cli/raw_arguments.hpp"
#include "kernels/base/parse_number.hpp"

namespace chipfit::cli {
namespace {

constexpr std::array verbs{"new", "probe", "check", "pack", "intake"};

template <class T>
Result<void> read_number(const char* option, const std::string& text, T low, T high, T& target) {
  if (text.empty()) return {};
  const auto value = parse_number<T>(text);
  if (!value || !(*value >= low && *value <= high))
    return wrong(fmt::format("{}: '{}' is not a number from {} to {}", option, text, low, high));
  target = *value;
  return {};
}

void add_walk(CLI::App& verb, VendorWords& words) {
  verb.add_option("--seconds", words.seconds, "fuzz shapes for S seconds (10)")->type_name("S");
  verb.add_option("--deadline", words.deadline, "longest call to the plugin, in seconds (5)")->type_name("S");
  verb.add_option("--option", words.options, "option for the plugin; may be repeated")->type_name("K=V");
  verb.add_option("--device", words.device, "device number (0)")->type_name("N");
}

Result<CheckOptions> read_walk(const VendorWords& words) {
  CheckOptions options;
  if (!words.seed.empty()) {
    std::uint64_t seed = 0;
    if (auto read = read_number<std::uint64_t>("--seed", words.seed, 0, UINT64_MAX, seed); !read)
      return pass_on(read.error());
    options.seed = seed;
  }
  for (const auto& read : {read_number("--seconds", words.seconds, 0.0, 86400.0, options.seconds),
                           read_number("--deadline", words.deadline, 0.1, 86400.0, options.deadline_s),
                           read_number<std::uint32_t>("--device", words.device, 0, 4095, options.device)})
    if (!read) return pass_on(read.error());
  for (const auto& option : words.options)
    if (option.find('=') == std::string::npos || option.find_first_of(" \t\n") != std::string::npos)
      return wrong(fmt::format("--option: '{}' is not key=value without spaces", option), "--option threads=2");
  options.options = words.options;
  options.cases = words.cases;
  options.expected = words.expected;
  options.worker = words.asan ? CheckOptions::Worker::address_sanitizer : CheckOptions::Worker::plain;
  return options;
}

Result<void> require(const std::string& value, const char* what, const char* example) {
  if (value.empty()) return wrong(fmt::format("{} is missing", what), example);
  return {};
}

/// Names that become folders of the results.
Result<void> require_name(const std::string& value, const char* option, const char* example) {
  if (auto given = require(value, option, example); !given) return given;
  if (!bundle::is_file_name(value))
    return wrong(fmt::format("{}: '{}' cannot be the name of a folder", option, value),
                 "letters, digits, '.', '_', '-' and '+'");
  return {};
}

}  // namespace

void add_new(CLI::App& verb, VendorWords& words) {
  verb.add_option("name", words.file, "mychip")->type_name("");
  verb.add_flag("--simple", words.simple, "one function on host pointers, instead of a class");
  verb.add_option("--folder", words.folder, "write it there (NAME)")->type_name("DIR");
}

void add_probe(CLI::App& verb, VendorWords& words) {
  verb.add_option("file", words.file, "mychip.so")->type_name("");
}

void add_check(CLI::App& verb, VendorWords& words) {
  verb.add_option("file", words.file, "mychip.so")->type_name("");
  verb.add_option("--seed", words.seed, "decides shapes and data (a new one)")->type_name("N");
  verb.add_option("--case", words.cases, "only this case; may be repeated")->type_name("ID");
  verb.add_option("--expected", words.expected, "CSV of what is never supported and of known failures")
      ->type_name("FILE");
  verb.add_flag("--asan", words.asan, "in a worker with the address sanitizer");
  add_walk(verb, words);
}

void add_pack(CLI::App& verb, VendorWords& words) {
  verb.add_option("file", words.file, "mychip.so")->type_name("");
  verb.add_option("--vendor", words.vendor, "who made it, as a folder's name")->type_name("NAME");
  verb.add_option("--chip", words.chip, "what it runs on, as a folder's name")->type_name("NAME");
  verb.add_option("--key", words.key, "private OpenSSH key to sign with")->type_name("FILE");
  verb.add_option("--notes", words.notes, "a text for the laboratory")->type_name("FILE");
  verb.add_option("--expected", words.expected, "CSV of what is never supported and of known failures")
      ->type_name("FILE");
  verb.add_option("-o,--output", words.output, "the bundle (NAME-CHIP.chipfit.tar)")->type_name("FILE");
  add_walk(verb, words);
}

void add_intake(CLI::App& verb, VendorWords& words) {
  verb.add_option("bundle", words.file, "mychip-x1.chipfit.tar")->type_name("");
  verb.add_option("--signers", words.signers, "keys that are trusted, as in ssh-keygen(1)")->type_name("FILE");
  verb.add_option("--suite", words.suites, "suites to run (quick)")->type_name("S[,S]")->delimiter(',');
  verb.add_option("--out", words.out, "results go to DIR/<vendor>/<chip>/<run> (results)")->type_name("DIR");
  verb.add_option("--lab", words.lab, "name of the laboratory; its rows are lab-run")->type_name("NAME");
  add_walk(verb, words);
}

bool is_vendor_verb(const std::string& verb) {
  return std::find(verbs.begin(), verbs.end(), verb) != verbs.end();
}

Result<Command> read_vendor_command(const std::string& verb, const VendorWords& words, Format format) {
  if (verb == "new") {
    if (auto given = require(words.file, "the name of the plugin", "chipfit new mychip"); !given)
      return pass_on(given.error());
    return NewCommand{words.file, words.folder, words.simple ? NewCommand::Way::simple : NewCommand::Way::cpp_class,
                      format};
  }
  if (verb == "intake") {
    if (auto given = require(words.file, "the bundle", "chipfit intake mychip-x1.chipfit.tar --signers FILE"); !given)
      return pass_on(given.error());
    if (auto given =
            require(words.signers, "--signers FILE", "a line for each vendor: qa@mychip.example ssh-ed25519 AAAA…");
        !given)
      return pass_on(given.error());
  } else if (auto given = require(words.file, "the plugin's file", "chipfit check build/mychip.so"); !given) {
    return pass_on(given.error());
  }
  if (verb == "probe") return ProbeCommand{words.file, format};
  auto walk = read_walk(words);
  if (!walk) return pass_on(walk.error());
  if (verb == "check") return CheckCommand{words.file, std::move(*walk), format};
  if (verb == "intake") {
    const auto out = words.out.empty() ? "results" : words.out;
    const auto suites = words.suites.empty() ? std::vector<std::string>{"quick"} : words.suites;
    return IntakeCommand{words.file, words.signers, out, suites, words.lab, std::move(*walk), format};
  }
  for (const auto& given :
       {require_name(words.vendor, "--vendor", "--vendor mycompany"), require_name(words.chip, "--chip", "--chip x1"),
        require(words.key, "--key", "ssh-keygen -t ed25519 -f mykey makes one; --key mykey")})
    if (!given) return pass_on(given.error());
  return PackCommand{words.file,   words.key,  words.notes,      words.output,
                     words.vendor, words.chip, std::move(*walk), format};
}

}  // namespace chipfit::cli
