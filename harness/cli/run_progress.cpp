#include "harness/cli/run_progress.hpp"

#include <fmt/format.h>

#include "harness/cli/results_table.hpp"
#include "harness/cli/text.hpp"
#include "kernels/base/numbers.hpp"

namespace chipfit::cli {

using results::Column;

RunProgress::RunProgress(Console& console, std::function<double()> now) : console_(console), now_(std::move(now)) {}

void RunProgress::run_started(const std::filesystem::path& folder, std::size_t rows_planned, std::size_t rows_present) {
  started_s_ = now_();
  planned_ = rows_planned;
  present_ = done_ = rows_present;
  console_.talk(fmt::format("{}: {}{}", folder.string(), counted(rows_planned, "row"),
                            rows_present == 0 ? "" : fmt::format(", {} there already", count_text(rows_present))));
}

std::string RunProgress::time_left() const {
  const auto finished = done_ - present_;
  if (finished == 0 || planned_ < done_) return "";
  const double each = (now_() - started_s_) / static_cast<double>(finished);
  return fmt::format(", {} left", wait_text(each * static_cast<double>(planned_ - done_)));
}

void RunProgress::case_started(const std::string& case_id, const std::string& backend, int launch) {
  // The case stands last: what does not fit is cut there.
  console_.status().show(fmt::format("{}/{}{}{}: {} {}{}", done_ + 1, planned_, time_left(),
                                     last_.empty() ? "" : ", last " + last_, backend, case_id,
                                     launch > 1 ? fmt::format(", launch {}", launch) : ""));
}

void RunProgress::case_finished(const results::Row& row, std::size_t done, std::size_t planned) {
  done_ = done;
  planned_ = planned;
  const auto verdict = row.text(Column::verdict);
  const auto rate = row.real(Column::rate_flop_per_s);
  last_ = rate ? rate_text(*rate) : verdict;
  const bool failed = tone_of(verdict) == Tone::bad;
  if (console_.status().rewrites() && !failed) return;
  const auto rate_part = rate ? fmt::format(" {}", rate_text(*rate)) : "";
  const auto reason_part = failed ? fmt::format(": {}", row.text(Column::reason)) : "";
  console_.talk(fmt::format("{}/{} {} {} {}{}{}", done, planned, verdict, row.text(Column::backend),
                            row.text(Column::case_id), rate_part, reason_part));
}

void RunProgress::note(const std::string& line) {
  console_.note(line);
}

}  // namespace chipfit::cli
