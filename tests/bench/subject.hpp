#pragma once
#include <memory>
#include <stdexcept>
#include <string>

#include "harness/judge/session.hpp"

namespace chipfit::bench {

/// A call to a worker that did not succeed, in words.
struct WorkerFailure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Where the second operand of each problem lies: at a new secret place like the first one's, or (for plugins that
/// pack weights once) always at the same.
enum class SecondOperand { fresh, fixed };

/// A plugin in a worker process of its own with one problem prepared: the judge's memory and rounds without its checks.
class Subject {
 public:
  /// Inputs are filled from `data`: subjects with the same seed compute on the same numbers. Throws WorkerFailure: the
  /// plugin's reason where it refuses the problem.
  Subject(const judge::WorkerConfig&, const Problem&, oracle::Seed data, SecondOperand = SecondOperand::fresh);

  /// One batch of `count` problems on secret views and one sync. Seconds per problem on the judge's clock.
  double round(int count);

  const judge::MemoryPlan& plan() const { return plan_; }
  const std::string& algorithm() const { return algorithm_; }

 private:
  std::unique_ptr<judge::Session> session_;
  judge::MemoryPlan plan_;
  judge::KernelId kernel_ = 0;
  std::string algorithm_;
  SecondOperand second_operand_;
};

/// A worker that runs plugin `library` with `threads` threads; `options` besides, as in the manifest.
judge::WorkerConfig worker_config(const std::string& worker_binary, const std::string& library, int threads,
                                  const std::string& options = "");

/// The first variable of the environment that would make a library in this process another one than in a worker, whose
/// environment is cleared; empty where there is none.
std::string disturbing_variable();

}  // namespace chipfit::bench
