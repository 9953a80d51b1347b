#include "harness/report/pdf.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

#include "harness/results/run_folder.hpp"
#include "harness/sandbox/run_program.hpp"

namespace chipfit::report {
namespace {

namespace fs = std::filesystem;

/// A folder of our own for the page and the browser's profile, gone at the end.
class Scratch {
 public:
  Scratch() {
    std::error_code error;
    auto pattern = (fs::temp_directory_path(error) / "chipfit-pdf-XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code error;
    if (!path_.empty()) fs::remove_all(path_, error);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// A printed report shows both languages where it has them.
std::string for_paper(std::string html) {
  const std::string_view first = "id=\"language-zh\" value=\"zh\" checked",
                         both = "id=\"language-both\" value=\"both\"";
  if (const auto at = html.find(both); at != std::string::npos) {
    html.insert(at + both.size(), " checked");
    if (const auto zh = html.find(first); zh != std::string::npos) html.erase(zh + first.size() - 8, 8);
  }
  return html;
}

}  // namespace

Result<void> print_pdf(const fs::path& chromium, const std::string& html, const fs::path& pdf) {
  const Scratch scratch;
  if (scratch.path().empty()) {
    return fail(Error::Kind::io, "no folder for the browser can be made", fs::temp_directory_path().string());
  }
  const auto page = scratch.path() / "report.html";
  if (auto written = results::write_whole(page, for_paper(html)); !written) return pass_on(written.error());
  const auto printed = scratch.path() / "report.pdf";
  sandbox::SpawnOptions options;
  options.program = chromium;
  options.arguments = {"--headless=new", "--disable-gpu", "--no-first-run", "--disable-extensions",
                       "--disable-background-networking", "--disable-dev-shm-usage", "--hide-scrollbars",
                       // Charts take the width of the window; this is the width of A4 within its margins.
                       "--window-size=700,1000", "--virtual-time-budget=20000", "--no-pdf-header-footer",
                       fmt::format("--user-data-dir={}", (scratch.path() / "profile").string()),
                       fmt::format("--print-to-pdf={}", printed.string())};
  // The page is ours and fetches nothing, and Chromium refuses to start its own sandbox as root.
  if (::geteuid() == 0) options.arguments.push_back("--no-sandbox");
  options.arguments.push_back("file://" + page.string());
  for (const char* name : {"PATH", "LANG", "FONTCONFIG_PATH", "LD_LIBRARY_PATH"}) {
    if (const char* value = std::getenv(name)) options.environment.push_back(fmt::format("{}={}", name, value));
  }
  options.environment.push_back("HOME=" + scratch.path().string());
  const auto end = sandbox::run_program(options, 180);
  if (!end) return pass_on(end.error());
  std::error_code error;
  if (!end->ok() || !fs::exists(printed, error)) {
    auto last = end->output.substr(end->output.size() < 400 ? 0 : end->output.size() - 400);
    return fail(Error::Kind::unavailable, "Chromium wrote no PDF: " + results::one_line(last), chromium.string(),
                "open the HTML file in a browser and print it from there");
  }
  const auto bytes = results::read_whole(printed);
  if (!bytes) return pass_on(bytes.error());
  if (auto written = results::write_whole(pdf, *bytes); !written) return pass_on(written.error());
  return {};
}

bool has_chinese_font(const fs::path& fc_list) {
  if (fc_list.empty()) return true;
  sandbox::SpawnOptions options;
  options.program = fc_list;
  options.arguments = {":lang=zh-cn", "family"};
  for (const char* name : {"PATH", "HOME"}) {
    if (const char* value = std::getenv(name)) options.environment.push_back(fmt::format("{}={}", name, value));
  }
  const auto end = sandbox::run_program(options, 30);
  return !end || !end->ok() || !end->output.empty();
}

}  // namespace chipfit::report
