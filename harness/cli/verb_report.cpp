#include <fmt/format.h>

#include <cstdlib>

#include "harness/cli/errors.hpp"
#include "harness/cli/json_out.hpp"
#include "harness/cli/paths.hpp"
#include "harness/cli/text.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/report/page.hpp"
#include "harness/report/pdf.hpp"
#include "harness/results/digest.hpp"
#include "harness/results/run_folder.hpp"
#include "kernels/base/numbers.hpp"

namespace chipfit::cli {
namespace {

namespace fs = std::filesystem;

report::Language language(const std::string& text) {
  return text == "zh" ? report::Language::zh : text == "en" ? report::Language::en : report::Language::both;
}

Result<fs::path> chromium() {
  for (const char* name : {"chromium", "chromium-browser", "google-chrome"}) {
    if (auto program = find_program(name); !program.empty()) return program;
  }
  return fail(Error::Kind::unavailable, "there is no Chromium to print a PDF with", {},
              "sudo apt install chromium fonts-noto-cjk; or open the HTML file in any browser and print it");
}

Result<void> make_parent(const fs::path& file) {
  std::error_code error;
  if (const auto folder = file.parent_path(); !folder.empty()) fs::create_directories(folder, error);
  if (error)
    return fail(Error::Kind::io, fmt::format("cannot be made: {}", error.message()), file.parent_path().string());
  return {};
}

/// The command with what it would leave to defaults, to be run as it stands.
std::vector<std::string> whole_command(const ReportCommand& command) {
  std::vector<std::string> words{"chipfit", "report"};
  for (const auto& input : command.inputs) words.push_back(input.string());
  words.insert(words.end(), {"-o", command.output.string(), "--lang", command.language});
  for (const auto& [option, file] :
       {std::pair{"--pdf", &command.pdf}, {"--meta", &command.meta}, {"--criteria", &command.criteria}})
    if (!file->empty()) words.insert(words.end(), {option, file->string()});
  return words;
}

nlohmann::ordered_json to_json(const ReportCommand& command, const report::ReportPage& page, std::size_t rows) {
  auto criteria = nlohmann::ordered_json::array();
  for (const auto& finding : page.judgement.findings) {
    criteria.push_back({{"name", finding.criterion.name},
                        {"minimum", finding.criterion.minimum},
                        {"measured", nullptr},
                        {"met", finding.met}});
    if (finding.measured) criteria.back()["measured"] = std::strtod(finding.measured->value.c_str(), nullptr);
  }
  nlohmann::ordered_json value{{"number", page.number},
                               {"status", report::name(page.judgement.status)},
                               {"criteria", criteria},
                               {"rows", rows},
                               {"html", command.output.string()},
                               {"html_byte", page.html.size()},
                               {"html_sha256", results::sha256(page.html)},
                               {"pdf", nullptr}};
  if (!command.pdf.empty()) value["pdf"] = command.pdf.string();
  if (command.dry_run == DryRun::yes) value["command"] = shell_line(whole_command(command));
  return value;
}

Result<void> write_pdf(const ReportCommand& command, const report::ReportPage& page, Console& console) {
  const auto browser = chromium();
  if (!browser) return pass_on(browser.error());
  if (language(command.language) != report::Language::en && !report::has_chinese_font(find_program("fc-list"))) {
    console.note("no font for Chinese is installed, so the PDF shows boxes: sudo apt install fonts-noto-cjk");
  }
  if (auto made = make_parent(command.pdf); !made) return made;
  return report::print_pdf(*browser, page.html, command.pdf);
}

}  // namespace

Result<int> report(const ReportCommand& command, Console& console) {
  report::ReportOptions options;
  options.language = language(command.language);
  if (!command.meta.empty()) {
    auto lab = report::read_lab(command.meta);
    if (!lab) return pass_on(lab.error());
    options.lab = std::move(*lab);
  }
  const auto criteria = command.criteria.empty() ? report::builtin_criteria() : report::read_criteria(command.criteria);
  if (!criteria) return pass_on(criteria.error());
  options.criteria = *criteria;
  auto evidence = report::load_evidence(command.inputs);
  if (!evidence) return pass_on(evidence.error());
  const auto rows = evidence->rows.size();
  const auto page = report::report_page(std::move(*evidence), options);
  if (!page) return pass_on(page.error());
  const bool people = command.format == Format::people;
  const auto said =
      fmt::format("report {}: {}, {}", page->number, report::name(page->judgement.status), counted(rows, "row"));
  if (command.dry_run == DryRun::yes) {
    if (people) {
      console.data(fmt::format("# {}\n{}\n", printable(said), shell_line(whole_command(command))));
    } else {
      print_json(to_json(command, *page, rows), console);
    }
    return exit_ok;
  }
  if (auto made = make_parent(command.output); !made) return pass_on(made.error());
  if (auto written = results::write_whole(command.output, page->html); !written) return pass_on(written.error());
  console.talk(said);
  if (people) console.data(printable(command.output.string()) + "\n");
  if (!command.pdf.empty()) {
    if (auto printed = write_pdf(command, *page, console); !printed) return pass_on(printed.error());
    if (people) console.data(printable(command.pdf.string()) + "\n");
  }
  if (command.format == Format::json) print_json(to_json(command, *page, rows), console);
  return exit_ok;
}

Result<int> explore(const ExploreCommand& command, Console& console) {
  auto evidence = report::load_evidence(command.inputs);
  if (!evidence) return pass_on(evidence.error());
  const auto rows = evidence->rows.size();
  const auto page = report::explorer_page(std::move(*evidence), language(command.language));
  if (!page) return pass_on(page.error());
  const auto file = command.output.extension() == ".html" ? command.output : command.output / "index.html";
  std::vector<std::string> words{"chipfit", "explore"};
  for (const auto& input : command.inputs) words.push_back(input.string());
  words.insert(words.end(), {"-o", command.output.string(), "--lang", command.language});
  if (command.dry_run == DryRun::no) {
    if (auto made = make_parent(file); !made) return pass_on(made.error());
    if (auto written = results::write_whole(file, *page); !written) return pass_on(written.error());
  }
  if (command.format == Format::json) {
    nlohmann::ordered_json value{{"html", file.string()}, {"html_byte", page->size()}, {"rows", rows}};
    if (command.dry_run == DryRun::yes) value["command"] = shell_line(words);
    print_json(value, console);
  } else {
    console.data((command.dry_run == DryRun::yes ? shell_line(words) : printable(file.string())) + "\n");
  }
  return exit_ok;
}

}  // namespace chipfit::cli
