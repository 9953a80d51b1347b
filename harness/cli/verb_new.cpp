#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "harness/cli/errors.hpp"
#include "harness/cli/json_out.hpp"
#include "harness/cli/paths.hpp"
#include "harness/cli/text.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/plan/json_text.hpp"
#include "harness/results/run_folder.hpp"

namespace chipfit::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view template_name = "mychip", template_class = "MyChip";
constexpr std::string_view simple_source = "mychip_simple.cpp", class_source = "mychip.cpp";
constexpr std::uint64_t largest_file = 1 << 20;

/// A name that is a CMake target, a C++ identifier and a file name at once.
bool is_project_name(std::string_view name) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && name.size() <= 40 && name.front() >= 'a' && name.front() <= 'z' &&
         std::all_of(name.begin(), name.end(), fits);
}

/// "my_chip" → "MyChip".
std::string class_name(std::string_view name) {
  std::string text;
  bool begins = true;
  for (const char c : name) {
    if (c != '_') text += begins ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    begins = c == '_';
  }
  return text;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

/// Where a file of the template goes; empty: it does not belong to this way of writing a plugin.
std::string target_name(const std::string& file, const NewCommand& command) {
  const bool simple = command.way == NewCommand::Way::simple;
  if (file == simple_source || file == class_source) {
    return (file == simple_source) == simple ? command.name + ".cpp" : std::string();
  }
  return file;
}

Result<std::vector<fs::path>> template_files() {
  const fs::path folder = template_folder();
  std::vector<fs::path> files;
  std::error_code failed;
  for (fs::directory_iterator entry(folder, failed); !failed && entry != fs::directory_iterator();
       entry.increment(failed))
    files.push_back(entry->path());
  std::sort(files.begin(), files.end());
  if (failed || files.empty())
    return fail(Error::Kind::unavailable, "the template of plugin projects is missing", folder.string(),
                "install chipfit again: cmake --install build/release --prefix PREFIX");
  return files;
}

}  // namespace

Result<int> new_project(const NewCommand& command, Console& console) {
  if (!is_project_name(command.name))
    return fail(Error::Kind::usage, fmt::format("'{}' cannot be the name of a plugin", command.name), {},
                "small letters, digits and '_', a letter first, at most 40: chipfit new mychip");
  const fs::path folder = command.folder.empty() ? fs::path(command.name) : command.folder;
  std::error_code failed;
  if (fs::exists(folder, failed) && !fs::is_empty(folder, failed))
    return fail(Error::Kind::usage, "there is something in the folder already", folder.string(),
                "choose another: --folder DIR");
  const auto files = template_files();
  if (!files) return pass_on(files.error());
  fs::create_directories(folder, failed);
  if (failed)
    return fail(Error::Kind::io, fmt::format("cannot make the folder: {}", failed.message()), folder.string());
  std::vector<std::string> written;
  for (const auto& file : *files) {
    const auto name = target_name(file.filename().string(), command);
    if (name.empty()) continue;
    auto text = plan::read_text(file, largest_file);
    if (!text) return pass_on(text.error());
    replace_all(*text, template_name, command.name);
    replace_all(*text, template_class, class_name(command.name));
    if (auto done = results::write_whole(folder / name, *text); !done) return pass_on(done.error());
    written.push_back((folder / name).string());
  }
  const auto word = shell_word(folder.string());
  const auto prefix = shell_word(template_folder().parent_path().parent_path().parent_path().string());
  const std::vector<std::string> next{
      fmt::format("cmake -S {0} -B {0}/build -DCMAKE_PREFIX_PATH={1} && cmake --build {0}/build", word, prefix),
      fmt::format("ctest --test-dir {}/build --output-on-failure", word)};
  if (command.format == Format::json) {
    print_json({{"name", command.name}, {"files", written}, {"next", next}}, console);
    return exit_ok;
  }
  for (const auto& file : written) console.data(printable(file) + "\n");
  console.talk("next:");
  for (const auto& line : next) console.talk("  " + line);
  return exit_ok;
}

}  // namespace chipfit::cli
