#include <csignal>

#include "harness/cli/cli.hpp"

int main(int argc, char** argv) {
  // A closed pipe is a failed write like any other: it must not end a run before its rows are safe.
  std::signal(SIGPIPE, SIG_IGN);
  chipfit::cli::Console console(stdout, chipfit::cli::paper_of_stdout(), stderr, chipfit::cli::width_of_stderr());
  return chipfit::cli::run_command_line({argv + (argc > 0 ? 1 : 0), argv + argc}, console);
}
