#include "harness/judge/output_checks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/judge/attempt.hpp"

namespace chipfit::judge {
namespace {

class AddTime {
 public:
  explicit AddTime(double& sum_s) : sum_s_(sum_s) {}
  ~AddTime() { sum_s_ += now_s() - begin_s_; }
  AddTime(const AddTime&) = delete;
  AddTime& operator=(const AddTime&) = delete;

 private:
  double& sum_s_;
  double begin_s_ = now_s();
};

Verdict verdict_of(oracle::Finding finding) {
  switch (finding) {
    case oracle::Finding::ok:
      return Verdict::ok;
    case oracle::Finding::not_finite:
    case oracle::Finding::incorrect:
      break;
    case oracle::Finding::precision:
      return Verdict::precision;
    case oracle::Finding::sparse_error:
      return Verdict::sparse_error;
  }
  return Verdict::incorrect;
}

oracle::Report ask_oracle(OutputChecks::Kind kind, const oracle::Claim& claim, oracle::Seed secret, int threads) {
  switch (kind) {
    case OutputChecks::Kind::exact:
      return oracle::check_exact(claim, secret, threads);
    case OutputChecks::Kind::exact_nearest:
      return oracle::check_exact(claim, secret, threads, oracle::Rounding::nearest);
    case OutputChecks::Kind::grade:
    case OutputChecks::Kind::grade_and_elements:
      break;
  }
  return oracle::check_grade(claim, secret, threads);
}

}  // namespace

Step OutputChecks::slot(Kind kind, int slot, const DrawnView& view) {
  const AddTime time(record_.verify_s);
  const auto fetched = arena_.fetch(slot);
  if (!fetched) return end(fetched.error(), "download");
  const oracle::Inputs inputs{view.host[0], view.host[1]};
  CHIPFIT_ATTEMPT(weigh(kind, *fetched, {problem_, {&inputs, 1}, nullptr, fetched->output.data()}));
  CHIPFIT_CALL(arena_.poison(slot), "upload");
  return {};
}

Step OutputChecks::output(Kind kind, const Arena::Fetched& fetched, const oracle::Claim& claim) {
  const AddTime time(record_.verify_s);
  return weigh(kind, fetched, claim);
}

Step OutputChecks::weigh(Kind kind, const Arena::Fetched& fetched, const oracle::Claim& claim) {
  if (!fetched.guard_intact) return end(Verdict::overrun, "bytes behind the output were changed (P9)");
  const Operand& out = sizes_.out;
  // Random bits of an integer poison can come up by chance; a handful in a large output is not evidence.
  const std::int64_t by_chance = info(out.dtype).is_integer ? std::min<std::int64_t>(2, out.elements - 1) : 0;
  if (fetched.unwritten > by_chance)
    return end(Verdict::not_written,
               fmt::format("{} of {} output elements still hold the judge's poison", fetched.unwritten, out.elements));
  const oracle::Seed secret = arena_.secrets().seed();
  const oracle::Report report = ask_oracle(kind, claim, secret, oracle_threads_);
  if (kind == Kind::exact && report.finding == oracle::Finding::incorrect) {
    ++incorrect_;
    fractions_ += report.dense_fractions ? 1 : 0;
  }
  if (!report.dense_fractions) note_method(report.method);
  if (kind == Kind::grade || kind == Kind::grade_and_elements) {
    if (!(report.e <= record_.grade_e)) {
      record_.grade_e = report.e;
      record_.grade = report.family;
    }
    record_.row_max_over_median = std::max(record_.row_max_over_median, report.row_max_over_median);
  }
  if (report.finding != oracle::Finding::ok) return end(verdict_of(report.finding), report.reason);
  return kind == Kind::grade_and_elements ? weigh_elements(claim) : Step{};
}

Step OutputChecks::weigh_elements(const oracle::Claim& claim) {
  const oracle::Elementwise elements = oracle::check_elementwise(claim, arena_.secrets().seed(), oracle_threads_);
  note_method("elementwise");
  record_.err_backward = elements.err_backward;
  record_.acc_bits_implied = elements.acc_bits_implied;
  if (elements.finding != oracle::Finding::ok) return end(verdict_of(elements.finding), elements.reason);
  return {};
}

Step OutputChecks::input_unchanged(int i, std::uint64_t from, std::uint64_t bytes) {
  const AddTime time(record_.verify_s);
  const auto same = arena_.unchanged(i, from, bytes);
  if (!same) return end(same.error(), "download");
  if (!*same) return end(Verdict::input_modified, fmt::format("input {} was changed by enqueue (P8)", i));
  return {};
}

void OutputChecks::note_method(std::string_view method) {
  if (!methods_.insert(std::string(method)).second) return;
  if (!record_.methods.empty()) record_.methods += '+';
  record_.methods += method;
}

}  // namespace chipfit::judge
