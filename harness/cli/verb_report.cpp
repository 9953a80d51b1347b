#include <fmt/format.h>

#include "harness/cli/errors.hpp"
#include "harness/cli/paths.hpp"
#include "harness/cli/text.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/report/page.hpp"
#include "harness/report/pdf.hpp"
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
  if (auto made = make_parent(command.output); !made) return pass_on(made.error());
  if (auto written = results::write_whole(command.output, page->html); !written) return pass_on(written.error());
  console.talk(fmt::format("report {}: {}, {}", page->number, report::name(page->status), counted(rows, "row")));
  console.data(printable(command.output.string()) + "\n");
  if (command.pdf.empty()) return exit_ok;

  const auto browser = chromium();
  if (!browser) return pass_on(browser.error());
  if (options.language != report::Language::en && !report::has_chinese_font(find_program("fc-list"))) {
    console.note("no font for Chinese is installed, so the PDF shows boxes: sudo apt install fonts-noto-cjk");
  }
  if (auto made = make_parent(command.pdf); !made) return pass_on(made.error());
  if (auto printed = report::print_pdf(*browser, page->html, command.pdf); !printed) return pass_on(printed.error());
  console.data(printable(command.pdf.string()) + "\n");
  return exit_ok;
}

Result<int> explore(const ExploreCommand& command, Console& console) {
  auto evidence = report::load_evidence(command.inputs);
  if (!evidence) return pass_on(evidence.error());
  const auto page = report::explorer_page(std::move(*evidence), language(command.language));
  if (!page) return pass_on(page.error());
  const auto file = command.output.extension() == ".html" ? command.output : command.output / "index.html";
  if (auto made = make_parent(file); !made) return pass_on(made.error());
  if (auto written = results::write_whole(file, *page); !written) return pass_on(written.error());
  console.data(printable(file.string()) + "\n");
  return exit_ok;
}

}  // namespace chipfit::cli
