#pragma once
#include <optional>

#include "harness/conformance/finding.hpp"
#include "harness/conformance/stage.hpp"
#include "harness/judge/session.hpp"

namespace chipfit::conformance {

struct WalkSettings {
  double deadline_s = 5;  ///< of each call to the plugin
  int threads = 1;        ///< of the oracle
  AfterUpload after_upload = AfterUpload::overwrite;
};

/// What one problem has shown.
struct Walked {
  enum class Answer { unsupported, checked } answer = Answer::checked;
  std::string refusal;             ///< the plugin's words where it does not compute the problem
  std::optional<Finding> finding;  ///< the first breach, which ends the walk
  std::string trouble;             ///< what failed on the harness's own side; empty: nothing
  bool worker_dead = false;        ///< the session must be replaced
  bool repeatable = true;          ///< bit by bit
};

/// Walks one problem through every duty that a problem can show, on an open session: asks twice, computes known
/// integers one at a time and in a batch, orders copies and dependent products without sync between (P1), looks at
/// guards (P9) and inputs (P8) after each step, then grades real numbers twice (P10, P12). `seed` decides all data.
Walked walk(judge::Session&, const Problem&, oracle::Seed seed, const WalkSettings&);

}  // namespace chipfit::conformance
