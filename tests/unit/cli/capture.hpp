#pragma once
#include <cstdio>
#include <cstdlib>
#include <string>

#include "harness/cli/console.hpp"

namespace chipfit::cli::testing {

/// A stream that keeps what is written to it.
class Capture {
 public:
  Capture() : stream_(open_memstream(&text_, &size_)) {}
  ~Capture() {
    std::fclose(stream_);
    std::free(text_);
  }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;
  std::FILE* stream() { return stream_; }
  std::string text() {
    std::fflush(stream_);
    return {text_, size_};
  }

 private:
  char* text_ = nullptr;
  std::size_t size_ = 0;
  std::FILE* stream_;
};

/// A console whose two streams can be read.
struct TestConsole {
  Capture out, err;
  Console console;
  explicit TestConsole(Paper paper = {}, std::function<std::size_t()> err_width = {})
      : console(out.stream(), paper, err.stream(), std::move(err_width)) {}
};

}  // namespace chipfit::cli::testing
