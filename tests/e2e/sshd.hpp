#pragma once
#include <map>
#include <optional>
#include <string>

#include "tests/e2e/command.hpp"

namespace chipfit::e2e {

/// A real sshd on a port of 127.0.0.1, with keys, configuration and log in a folder of its own, for this user alone;
/// gone with the object. Machines are names in a configuration for ssh: "-F" + config().
class Sshd {
 public:
  Sshd();
  ~Sshd();
  Sshd(const Sshd&) = delete;
  Sshd& operator=(const Sshd&) = delete;
  /// Why there is none here; empty where it answers.
  const std::string& trouble() const { return trouble_; }
  enum class Reached { yes, no };
  /// A further machine, or what becomes of a known one. One that is not reached has a port where nobody listens.
  void machine(const std::string& name, Reached);
  std::string config() const { return (folder_.path() / "ssh_config").string(); }
  std::string log() const { return read_file(folder_.path() / "log"); }

 private:
  TemporaryFolder folder_;
  std::string trouble_;
  int port_ = 0;
  std::map<std::string, Reached> machines_;
  std::optional<Running> server_;
};

}  // namespace chipfit::e2e
