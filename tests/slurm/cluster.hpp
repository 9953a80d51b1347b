#pragma once
#include <filesystem>
#include <string>

#include "tests/e2e/command.hpp"

namespace chipfit::e2e {

/// A Slurm of four nodes (cluster.sh), gone with the object. SLURM_CONF of this process names it.
class Cluster {
 public:
  Cluster();
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;
  /// 0; 77 where there is no Slurm here; else it could not be started.
  int exit_code() const { return exit_code_; }
  /// Kills the node's daemon, while its job goes on, and lets Slurm see it at once: the job is requeued, without the
  /// two minutes that Slurm gives a broken cluster.
  void crash_node(const std::string& node) const;
  void start_node(const std::string& node) const;
  /// How Slurm says a job ended (its line of jobcomp/filetxt); empty while it goes on.
  std::string end_of(const std::string& job) const;

 private:
  int script(const std::string& words) const;
  TemporaryFolder folder_;
  int exit_code_ = -1;
};

/// What a command of the shell prints.
std::string output_of(const std::string& command);

}  // namespace chipfit::e2e
