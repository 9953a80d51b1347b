#include "harness/judge/ending.hpp"

#include <fmt/format.h>

namespace chipfit::judge {
namespace {

Ending ending_of_refusal(const CallFailure& failure, std::string_view doing) {
  switch (failure.status) {
    case CHIPFIT_OUT_OF_MEMORY:
      return {.verdict = Verdict::too_big, .reason = failure.reason};
    case CHIPFIT_DEVICE_LOST:
      return {.verdict = Verdict::crashed,
              .reason = fmt::format("{}: device lost: {}", doing, failure.reason),
              .session_dead = true};
    default:
      return {.verdict = Verdict::dishonest_support,
              .reason = fmt::format("{} failed for a problem that was not refused (P7): {}", doing, failure.reason)};
  }
}

}  // namespace

Ending ending_of(const CallFailure& failure, std::string_view doing) {
  switch (failure.kind) {
    case CallFailure::Kind::died:
      return {.verdict = failure.verdict, .reason = failure.reason, .session_dead = true};
    case CallFailure::Kind::broken:
      return {.verdict = Verdict::resource,
              .reason = fmt::format("{}: the judge itself ran short: {}", doing, failure.reason),
              .session_dead = true};
    case CallFailure::Kind::refused:
      break;
  }
  return ending_of_refusal(failure, doing);
}

tl::unexpected<Ending> end(Verdict verdict, std::string reason) {
  return tl::unexpected(Ending{.verdict = verdict, .reason = std::move(reason)});
}

tl::unexpected<Ending> end(const CallFailure& failure, std::string_view doing) {
  return tl::unexpected(ending_of(failure, doing));
}

}  // namespace chipfit::judge
