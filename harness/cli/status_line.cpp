#include "harness/cli/status_line.hpp"

#include <utility>

#include "harness/cli/text.hpp"

namespace chipfit::cli {

StatusLine::StatusLine(std::FILE* stream, std::function<std::size_t()> width)
    : stream_(stream), width_(std::move(width)) {}

void StatusLine::draw() {
  if (text_.empty()) return;
  // The last column stays free: some terminals wrap as soon as it is written.
  const auto width = width_();
  const auto shown = shorten_end(text_, width > 1 ? width - 1 : 1);
  std::fprintf(stream_, "\r%s\x1b[K", shown.c_str());
  std::fflush(stream_);
}

void StatusLine::show(std::string text) {
  if (!rewrites()) return;
  text_ = std::move(text);
  draw();
}

void StatusLine::write(std::string_view text) {
  const bool shown = rewrites() && !text_.empty();
  if (shown) std::fputs("\r\x1b[K", stream_);
  std::fwrite(text.data(), 1, text.size(), stream_);
  if (shown) draw();
  std::fflush(stream_);
}

void StatusLine::clear() {
  if (!rewrites() || text_.empty()) return;
  text_.clear();
  std::fputs("\r\x1b[K", stream_);
  std::fflush(stream_);
}

}  // namespace chipfit::cli
