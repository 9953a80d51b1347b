#include "harness/cli/console.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "harness/cli/errors.hpp"
#include "harness/cli/text.hpp"

namespace chipfit::cli {
namespace {

constexpr std::size_t narrowest = 20, usual_width = 80;

bool is_capable_terminal(int fd) {
  const char* term = std::getenv("TERM");
  return isatty(fd) == 1 && term != nullptr && *term != '\0' && std::strcmp(term, "dumb") != 0;
}

std::size_t terminal_width(int fd) {
  winsize size{};
  if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return usual_width;
  return std::max<std::size_t>(size.ws_col, narrowest);
}

std::optional<std::size_t> columns_variable() {
  const char* text = std::getenv("COLUMNS");
  if (text == nullptr) return std::nullopt;
  std::size_t columns = 0;
  const char* end = text + std::strlen(text);
  const auto [stop, error] = std::from_chars(text, end, columns);
  if (error != std::errc() || stop != end || columns == 0) return std::nullopt;
  return std::max(columns, narrowest);
}

}  // namespace

Console::Console(std::FILE* out, Paper out_paper, std::FILE* err, std::function<std::size_t()> err_width)
    : out_(out), paper_(out_paper), status_(err, std::move(err_width)) {}

void Console::data(std::string_view text) {
  if (failed_) return;
  if (std::fwrite(text.data(), 1, text.size(), out_) != text.size()) {
    failed_ = true;
    failure_ = errno;
  }
}

void Console::talk(std::string_view line) {
  status_.write(printable(line) + "\n");
}
void Console::note(std::string_view line) {
  talk(fmt::format("note: {}", line));
}
void Console::error(const Error& error) {
  status_.write(error_text(error));
}

Result<void> Console::finish() {
  if (!failed_ && std::fflush(out_) != 0) {
    failed_ = true;
    failure_ = errno;
  }
  if (!failed_) return {};
  return fail(Error::Kind::io, fmt::format("cannot write the output: {}", std::strerror(failure_)), "stdout");
}

Paper paper_of_stdout() {
  const char* no_colour = std::getenv("NO_COLOR");
  if (!is_capable_terminal(STDOUT_FILENO)) return {columns_variable(), Colour::off};
  return {terminal_width(STDOUT_FILENO), no_colour != nullptr && *no_colour != '\0' ? Colour::off : Colour::on};
}

std::function<std::size_t()> width_of_stderr() {
  if (!is_capable_terminal(STDERR_FILENO)) return {};
  return [] { return terminal_width(STDERR_FILENO); };
}

}  // namespace chipfit::cli
