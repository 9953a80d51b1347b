#pragma once
#include <functional>
#include <string>

#include "harness/cli/console.hpp"
#include "harness/judge/run.hpp"

namespace chipfit::cli {

/// Shows a run while it goes: on a terminal one line that is rewritten (n/N, case, last rate, time left) and a line for
/// each failed case; elsewhere one line for each finished case.
class RunProgress : public judge::RunObserver {
 public:
  /// `now`: seconds on any steady clock.
  RunProgress(Console&, std::function<double()> now);

  void run_started(const std::filesystem::path& folder, std::size_t rows_planned, std::size_t rows_present) override;
  void case_started(const std::string& case_id, const std::string& backend, int launch) override;
  void case_finished(const results::Row&, std::size_t done, std::size_t planned) override;
  void note(const std::string& line) override;

 private:
  std::string time_left() const;
  Console& console_;
  std::function<double()> now_;
  double started_s_ = 0;
  std::size_t planned_ = 0, present_ = 0, done_ = 0;
  std::string last_;
};

}  // namespace chipfit::cli
