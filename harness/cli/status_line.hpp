#pragma once
#include <cstddef>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>

namespace chipfit::cli {

/// Owns the last line of a terminal: one line that is rewritten, above which ordinary lines go by. Where `width` is
/// empty (no terminal) only the ordinary lines are written.
class StatusLine {
 public:
  /// `width`: columns of the terminal now, asked before each drawing since windows change.
  StatusLine(std::FILE* stream, std::function<std::size_t()> width);
  ~StatusLine() { clear(); }
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;

  bool rewrites() const { return static_cast<bool>(width_); }
  /// Shows this text in the status line.
  void show(std::string text);
  /// Whole lines above the status line; `text` ends in LF.
  void write(std::string_view text);
  void clear();

 private:
  void draw();
  std::FILE* stream_;
  std::function<std::size_t()> width_;
  std::string text_;
};

}  // namespace chipfit::cli
