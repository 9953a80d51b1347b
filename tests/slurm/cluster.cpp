#include "tests/slurm/cluster.hpp"

#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <sstream>

namespace chipfit::e2e {

Cluster::Cluster() {
  exit_code_ = script("up %s 4");
  setenv("SLURM_CONF", (folder_.path() / "slurm.conf").c_str(), 1);
}

Cluster::~Cluster() {
  script("down %s");
}

int Cluster::script(const std::string& words) const {
  auto command = std::string(CHIPFIT_CLUSTER_SCRIPT) + " " + words;
  command.replace(command.find("%s"), 2, folder_.path().string());
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void Cluster::crash_node(const std::string& node) const {
  script("stop %s " + node);
  output_of("scontrol update NodeName=" + node + " State=DOWN Reason=silent");
  const auto held = [] {
    return output_of("squeue --noheader --array --states=PD --format='%i|%r' | sed -n 's/|BeginTime//p'");
  };
  wait_until(20, [&] { return !held().empty(); });
  std::istringstream jobs(held());
  for (std::string job; jobs >> job;) output_of("scontrol update StartTime=now JobId=" + job);
}

void Cluster::start_node(const std::string& node) const {
  script("start %s " + node);
}

std::string Cluster::end_of(const std::string& job) const {
  std::istringstream lines(read_file(folder_.path() / "log/ended.txt"));
  std::string last;
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("JobId=" + job + " ")) last = line;
  return last;
}

std::string output_of(const std::string& command) {
  std::string text;
  if (FILE* pipe = popen(command.c_str(), "r")) {
    char block[4096];
    while (const auto got = fread(block, 1, sizeof block, pipe)) text.append(block, got);
    pclose(pipe);
  }
  return text;
}

}  // namespace chipfit::e2e
