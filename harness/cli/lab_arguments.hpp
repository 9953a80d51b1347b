#pragma once
#include <string>
#include <vector>

#include "harness/cli/commands.hpp"

namespace CLI {
class App;
}

namespace chipfit::cli {

struct Raw;

/// Words of the verbs for many machines (submit, status, merge, census), and of run and plan where they have a part in
/// it, as they stand on the command line.
struct LabWords {
  std::string engine, at_once, limit, exclude, wait, index, node, cases_per_task;
  std::vector<std::string> hosts, nodes, partition, gres, constraint, pin, sbatch, ssh;
  bool partial = false, elsewhere = false;
};

void add_submit(CLI::App&, Raw&);
void add_census(CLI::App&, Raw&);
void add_status(CLI::App&, Raw&);
void add_merge(CLI::App&, Raw&);
void add_elsewhere(CLI::App&, Raw&);
void add_cases_per_task(CLI::App&, Raw&);
void add_index(CLI::App&, Raw&);

bool is_lab_verb(const std::string& verb);
/// Errors (usage): a word that is missing or makes no sense.
Result<Command> read_lab_command(const std::string& verb, const Raw&, const std::vector<std::string>& benchmark);
/// Fills what the words say of a run or a plan.
Result<void> read_index(const LabWords&, RunCommand&);
Result<void> read_cases_per_task(const LabWords&, PlanCommand&);

}  // namespace chipfit::cli
