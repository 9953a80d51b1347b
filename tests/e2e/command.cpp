#include "tests/e2e/command.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "harness/results/run_folder.hpp"

namespace chipfit::e2e {
namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (fs::temp_directory_path() / "chipfit-e2e-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

Running::Running(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment,
                 const std::string& program) {
  std::vector<std::string> texts{program.empty() ? CHIPFIT_BINARY : program};
  texts.insert(texts.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& text : texts) argv.push_back(text.data());
  argv.push_back(nullptr);
  const std::string out = folder_.path() / "out", err = folder_.path() / "err";
  pid_ = fork();
  if (pid_ == 0) {
    setpgid(0, 0);
    // Results of tests never join the chain of the machine's real runs.
    setenv("XDG_STATE_HOME", folder_.path().c_str(), 1);
    for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
    dup2(open("/dev/null", O_RDONLY), 0);
    dup2(open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), 1);
    dup2(open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), 2);
    execv(argv[0], argv.data());
    _exit(127);
  }
}

Running::~Running() {
  if (!reaped_) {
    kill(pid_, SIGKILL);
    waitpid(pid_, &status_, 0);
  }
}

void Running::signal(int number) const {
  if (!reaped_) kill(pid_, number);
}

bool Running::ended() const {
  if (!reaped_ && waitpid(pid_, &status_, WNOHANG) == pid_) reaped_ = true;
  return reaped_;
}

Ran Running::wait() {
  if (!reaped_) waitpid(pid_, &status_, 0);
  reaped_ = true;
  const int code = WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
  return {code, read_file(folder_.path() / "out"), read_file(folder_.path() / "err")};
}

Ran chipfit(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment) {
  return Running(arguments, environment).wait();
}

bool wait_until(double seconds, const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return true;
}

fs::path run_folder(const fs::path& out) {
  fs::path found;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(out, failed)) {
    if (!fs::exists(entry.path() / "results.csv")) continue;
    if (!found.empty()) return {};
    found = entry.path();
  }
  return found;
}

std::vector<results::Row> rows_of(const fs::path& out) {
  const fs::path folder = run_folder(out);
  if (folder.empty()) {
    ADD_FAILURE() << "no single run under " << out;
    return {};
  }
  auto file = results::read_results(folder / "results.csv");
  if (!file) {
    ADD_FAILURE() << file.error().where << ": " << file.error().what;
    return {};
  }
  EXPECT_FALSE(file->torn_line);
  return file->rows;
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace chipfit::e2e
