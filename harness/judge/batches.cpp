#include "harness/judge/batches.hpp"

#include <algorithm>

#include "harness/judge/attempt.hpp"

namespace chipfit::judge {

namespace {
constexpr double longest_deadline_s = 600;
}

Batches::Batches(Worker& worker, Arena& arena, const Deadlines& deadlines, const std::atomic<bool>* stop,
                 double first_guess_s)
    : worker_(worker), arena_(arena), deadlines_(deadlines), stop_(stop), first_guess_s_(first_guess_s) {}

Batch Batches::draw(int count, const std::array<std::uint64_t, 2>& pool_bytes) {
  Batch batch;
  batch.views.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    const int slot = next_slot_;
    next_slot_ = (next_slot_ + 1) % plan_.ring;
    batch.views.push_back(arena_.draw(pool_bytes));
    batch.slots.push_back(slot);
    batch.entries.push_back(arena_.entry(batch.views.back(), slot));
  }
  return batch;
}

Step Batches::check_stop() const {
  if (stop_ != nullptr && stop_->load()) return tl::unexpected(Ending{Verdict::interrupted, {}, false, true});
  return {};
}

double Batches::deadline_s(double expected_s) const {
  return std::clamp(10 * expected_s, deadlines_.call_s, std::max(longest_deadline_s, deadlines_.call_s));
}

double Batches::pace_s() const {
  return std::max(problem_s, hidden_s);
}

tl::expected<BatchTimes, Ending> Batches::run(std::span<const EnqueueEntry> entries) {
  CHIPFIT_ATTEMPT(check_stop());
  const double expected_s = (problem_s > 0 ? pace_s() : first_guess_s_) * static_cast<double>(entries.size());
  const auto times = worker_.run(kernel_, entries, deadline_s(expected_s));
  if (!times) return end(times.error(), "run");
  return *times;
}

tl::expected<double, Ending> Batches::run(const Batch& batch) {
  return run(batch.entries).map([&](const BatchTimes& times) {
    return times.seconds() / static_cast<double>(batch.entries.size());
  });
}

}  // namespace chipfit::judge
