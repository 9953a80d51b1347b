#include "harness/cli/check_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/cli/text.hpp"
#include "harness/results/build_info.hpp"
#include "harness/results/digest.hpp"

namespace chipfit::cli {
namespace {

using conformance::CheckReport;
using conformance::DutyInfo;
using conformance::Finding;
using Json = nlohmann::ordered_json;

/// What is said of a duty in one word.
std::string state_of(const DutyInfo& duty, const CheckReport& report) {
  const auto of_duty = [&](const Finding& finding) { return finding.duty == duty.id; };
  if (std::any_of(report.findings.begin(), report.findings.end(), of_duty)) return "broken";
  if (std::any_of(report.expected.begin(), report.expected.end(),
                  [&](const auto& expected) { return of_duty(expected.finding); }))
    return "expected";
  if (duty.kept == conformance::Kept::by_harness) return "harness";
  if (duty.id == conformance::Duty::p7 && !report.plugin.has_supports) return "no supports";
  // A finding ends its problem: where every problem ended so, nothing is known of what comes later.
  return report.complete > 0 ? "kept" : "not tried";
}

Tone tone_of(const std::string& state) {
  if (state == "broken") return Tone::bad;
  if (state == "kept") return Tone::good;
  return state == "expected" ? Tone::warning : Tone::faint;
}

std::string wrapped_line(const std::string& label, const std::string& text, const Paper& paper) {
  const std::size_t indent = 9;
  const auto width = paper.width && *paper.width > indent + 20 ? *paper.width - indent : std::size_t{111};
  std::string lines;
  std::string begin = "  " + pad_right(label, indent - 2);
  for (const auto& part : wrapped(printable(text), width)) {
    lines += begin + part + "\n";
    begin = std::string(indent, ' ');
  }
  return lines;
}

std::string finding_text(const CheckedPlugin& checked, const Finding& finding, const Paper& paper) {
  const DutyInfo& duty = conformance::info(finding.duty);
  auto text =
      fmt::format("\n{} {}\n", painted(fmt::format("{} is broken:", duty.name), Tone::bad, paper.colour), duty.rule);
  text += wrapped_line("call", finding.call, paper);
  if (!finding.case_id.empty()) text += "  case   " + finding.case_id + "\n";
  text += wrapped_line("seen", finding.what, paper);
  text += wrapped_line("mend", std::string(duty.mend), paper);
  text += "  again: " + checked.reproduction(finding) + "\n";  // one line, to be copied
  return text;
}

std::string counted_kinds(std::size_t count) {
  return fmt::format("{} {}", count, count == 1 ? "kind" : "kinds");
}

}  // namespace

std::string check_text(const CheckedPlugin& checked, const Paper& paper) {
  const CheckReport& report = checked.report;
  auto text = fmt::format("{} {} on {}\n", printable(report.plugin.name), printable(report.plugin.version),
                          report.device_name.empty() ? "no device" : printable(report.device_name));
  text += fmt::format("seed {}: {} problems of {} in {:.1f} s, {} refused as UNSUPPORTED\n\n", report.seed,
                      report.problems, counted_kinds(report.supported.size()), report.seconds, report.refused);
  Table table{{{.title = "duty"}, {.title = "state"}, {.title = "rule", .shortest = 30}}, {}};
  for (const DutyInfo& duty : conformance::all_duties()) {
    const auto state = state_of(duty, report);
    table.lines.push_back({{{std::string(duty.name)}, {state, tone_of(state)}, {std::string(duty.rule)}}, ""});
  }
  text += render(table, paper.width, paper.colour);
  for (const auto& finding : report.findings) text += finding_text(checked, finding, paper);
  for (const auto& [case_id, entry] : report.not_never)
    text += fmt::format("\n{} is listed as never supported ({}: {}), and was taken\n", case_id, printable(entry.where),
                        printable(entry.reason));
  for (const auto& [finding, entry] : report.expected)
    text += fmt::format("\nexpected failure of {} in {} ({}: {})\n", conformance::info(finding.duty).name,
                        finding.case_id, printable(entry.where), printable(entry.reason));
  for (const auto& entry : report.passing_now)
    text += fmt::format("\n{}: the failure of {} in {} that was expected does not happen any more: take the line out\n",
                        printable(entry.where), conformance::info(entry.duty).name, printable(entry.cases));
  if (!report.given_up.empty()) text += fmt::format("\nnot everything was tried: {}\n", printable(report.given_up));
  if (!report.repeatable) text += "\nresults do not repeat bit by bit; no duty asks for it\n";
  text += fmt::format("\n{}\n", report.passed() ? painted("passed", Tone::good, paper.colour)
                                                : painted("failed", Tone::bad, paper.colour));
  return text;
}

Json check_json(const CheckedPlugin& checked) {
  const CheckReport& report = checked.report;
  const auto of_finding = [&](const Finding& finding) {
    const DutyInfo& duty = conformance::info(finding.duty);
    return Json{{"duty", duty.name},
                {"rule", duty.rule},
                {"call", finding.call},
                {"case", finding.case_id},
                {"what", finding.what},
                {"mend", duty.mend},
                {"again", checked.reproduction(finding)}};
  };
  const auto of_entry = [](const conformance::Lists::Entry& entry) {
    return Json{{"cases", entry.cases}, {"reason", entry.reason}, {"where", entry.where}};
  };
  const auto digest = results::sha256_file(checked.subject.backend.library);
  Json json{{"format", 1},
            {"passed", report.passed()},
            {"plugin", report.plugin.name},
            {"version", report.plugin.version},
            {"library_sha256", digest ? *digest : ""},
            {"device", report.device_name},
            {"harness_version", results::harness_version()},
            {"worker", checked.options.worker == CheckOptions::Worker::plain ? "plain" : "address sanitizer"},
            {"seed", report.seed},
            {"seconds", report.seconds},
            {"problems", report.problems},
            {"refused", report.refused},
            {"repeatable", report.repeatable},
            {"given_up", report.given_up},
            {"duties", Json::array()},
            {"findings", Json::array()},
            {"expected", Json::array()},
            {"passing_now", Json::array()},
            {"not_never", Json::array()},
            {"supported", report.supported},
            {"unsupported", Json::array()}};
  for (const DutyInfo& duty : conformance::all_duties())
    json["duties"].push_back({{"duty", duty.name}, {"state", state_of(duty, report)}});
  for (const auto& finding : report.findings) json["findings"].push_back(of_finding(finding));
  for (const auto& [finding, entry] : report.expected) {
    auto value = of_finding(finding);
    value["listed"] = of_entry(entry);
    json["expected"].push_back(std::move(value));
  }
  for (const auto& entry : report.passing_now) json["passing_now"].push_back(of_entry(entry));
  for (const auto& [case_id, entry] : report.not_never) {
    auto value = of_entry(entry);
    value["case"] = case_id;
    json["not_never"].push_back(std::move(value));
  }
  for (const auto& [kind, words] : report.unsupported)
    json["unsupported"].push_back({{"kind", kind}, {"reason", words}});
  return json;
}

}  // namespace chipfit::cli
