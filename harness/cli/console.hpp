#pragma once
#include <cstdio>
#include <optional>
#include <string_view>

#include "harness/cli/status_line.hpp"
#include "harness/cli/table.hpp"
#include "kernels/base/result.hpp"

namespace chipfit::cli {

/// How text for people is laid out on a stream.
struct Paper {
  std::optional<std::size_t> width;  ///< columns; none: nothing is shortened
  Colour colour = Colour::off;
};

/// The only way out: stdout is data, stderr is talk. Nothing else in the program prints.
class Console {
 public:
  Console(std::FILE* out, Paper out_paper, std::FILE* err, std::function<std::size_t()> err_width = {});

  /// Data for stdout, as it is.
  void data(std::string_view text);
  /// One line for stderr.
  void talk(std::string_view line);
  void note(std::string_view line);
  void error(const Error&);
  StatusLine& status() { return status_; }
  const Paper& paper() const { return paper_; }

  /// Writes out what is buffered. Error (io) where stdout took less than it was given: a full disk, a closed pipe.
  Result<void> finish();

 private:
  std::FILE* out_;
  Paper paper_;
  StatusLine status_;
  bool failed_ = false;
  int failure_ = 0;
};

/// What the process's own streams are. A terminal has its width; a pipe or file takes $COLUMNS where it is set and is
/// not shortened otherwise, so that grep finds whole case ids. NO_COLOR and TERM=dumb are respected.
Paper paper_of_stdout();
std::function<std::size_t()> width_of_stderr();

}  // namespace chipfit::cli
