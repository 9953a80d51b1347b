#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "harness/results/row.hpp"

namespace chipfit::e2e {

/// A folder that is gone with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A command line of chipfit and what became of it.
struct Ran {
  int exit_code = -1;  ///< 128 + signal where a signal ended it
  std::string out, err;
};

/// A running chipfit, in a process group of its own.
class Running {
 public:
  /// `program`: another one than chipfit.
  Running(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment = {},
          const std::string& program = {});
  ~Running();
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  void signal(int number) const;
  bool ended() const;
  Ran wait();
  int pid() const { return pid_; }

 private:
  TemporaryFolder folder_;
  int pid_ = -1;
  mutable int status_ = -1;
  mutable bool reaped_ = false;
};

/// Runs build/<preset>/bin/chipfit with these arguments to its end.
Ran chipfit(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment = {});

/// True once `condition` holds; false after `seconds`.
bool wait_until(double seconds, const std::function<bool()>& condition);

/// The only run folder under `out`; empty path where there is none or several.
std::filesystem::path run_folder(const std::filesystem::path& out);
/// Rows of that run.
std::vector<results::Row> rows_of(const std::filesystem::path& out);
std::string read_file(const std::filesystem::path&);
void write_file(const std::filesystem::path&, const std::string& text);

}  // namespace chipfit::e2e
