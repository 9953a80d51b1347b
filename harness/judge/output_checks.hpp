#pragma once
#include <optional>
#include <set>
#include <string>

#include "harness/judge/arena.hpp"
#include "harness/judge/ending.hpp"
#include "kernels/oracle/elementwise.hpp"

namespace chipfit::judge {

/// What checking has shown, for the row.
struct CheckRecord {
  std::string methods;  ///< of the oracle that the case passed: "exact+projection"
  double grade_e = 0, row_max_over_median = 0;
  std::string grade;
  std::optional<double> err_backward;      ///< of the outputs that were looked at one by one
  std::optional<double> acc_bits_implied;  ///< empty as well where a narrow output hides it
  double verify_s = 0;  ///< everything done for checking: copying out, comparing poison, oracle, poisoning anew
};

/// Looks at outputs and inputs that lie on the device: guard, poison, oracle. Keeps the record of one case.
class OutputChecks {
 public:
  enum class Kind {
    exact,
    exact_nearest,  ///< of the second exact round, see only_fractions()
    grade,
    grade_and_elements  ///< the grade, then single outputs one by one
  };

  /// All outlive this object.
  OutputChecks(Arena& arena, const Problem& problem, int oracle_threads)
      : arena_(arena), problem_(problem), oracle_threads_(oracle_threads), sizes_(operands(problem)) {}

  /// Copies a slot out, checks it as the result of `view`, and poisons it anew, so that a later skipped write is seen.
  Step slot(Kind, int slot, const DrawnView& view);
  /// Checks what was fetched: OVERRUN, NOT_WRITTEN, then the oracle's finding.
  Step output(Kind, const Arena::Fetched&, const oracle::Claim&);
  /// INPUT_MODIFIED when the device does not hold what was uploaded to [from, from + bytes) of pool `i`.
  Step input_unchanged(int i, std::uint64_t from, std::uint64_t bytes);

  /// Whether outputs of the exact round were incorrect, but all of those only by fractions as the inexact constants of
  /// fast convolutions leave them: a second round with headroom then decides (docs/oracle.md).
  bool only_fractions() const { return incorrect_ > 0 && incorrect_ == fractions_; }

  const CheckRecord& record() const { return record_; }

 private:
  Step weigh(Kind, const Arena::Fetched&, const oracle::Claim&);
  Step weigh_elements(const oracle::Claim&);
  void note_method(std::string_view);

  Arena& arena_;
  const Problem& problem_;
  int oracle_threads_;
  Operands sizes_;
  CheckRecord record_;
  std::set<std::string> methods_;
  int incorrect_ = 0, fractions_ = 0;  // outputs of the exact round
};

}  // namespace chipfit::judge
