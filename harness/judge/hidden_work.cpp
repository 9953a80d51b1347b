#include "harness/judge/hidden_work.hpp"

#include <algorithm>

namespace chipfit::judge {
namespace {

tl::expected<double, Ending> download_s(Arena& arena, int slot, double begin_s) {
  const auto fetched = arena.fetch(slot);
  if (!fetched) return end(fetched.error(), "download");
  return fetched->received_s - begin_s;
}

}  // namespace

tl::expected<double, Ending> hidden_work_s(Arena& arena, int slot, double first_s, double problem_s,
                                           const std::function<tl::expected<RanInto, Ending>()>& run_one) {
  if (first_s < problem_s) return 0.0;
  const auto again_s = download_s(arena, slot, now_s());
  if (!again_s) return again_s;
  const double once_s = first_s - *again_s;
  if (once_s < problem_s) return 0.0;
  const auto ran = run_one();
  if (!ran) return tl::unexpected(ran.error());
  const auto next_s = download_s(arena, ran->slot, ran->synced_s);
  if (!next_s) return next_s;
  const auto next_again_s = download_s(arena, ran->slot, now_s());
  if (!next_again_s) return next_again_s;
  return std::max(0.0, std::min(once_s, *next_s - *next_again_s));
}

}  // namespace chipfit::judge
