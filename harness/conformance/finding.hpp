#pragma once
#include <string>

#include "harness/conformance/duty.hpp"

namespace chipfit::conformance {

/// One breach of one duty.
struct Finding {
  Duty duty = Duty::abi;
  std::string call;     ///< function of the plugin that broke it
  std::string case_id;  ///< problem that shows it; empty: any (it happens before a problem is asked)
  std::string what;     ///< what was seen, one sentence
};

}  // namespace chipfit::conformance
