#include "harness/conformance/duty.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace chipfit::conformance {
namespace {

constexpr std::array duties{
    DutyInfo{Duty::p1, "P1", "one in-order queue per device; upload, download and sync come after earlier enqueues",
             "Put every enqueue and every copy into one in-order queue of the device, and carry each of them out, also "
             "when it looks like an earlier one.",
             Kept::by_plugin},
    DutyInfo{Duty::p2, "P2", "when sync returns OK all outputs are final",
             "Wait in sync for the queue, and for every thread of your own that still writes outputs.",
             Kept::by_plugin},
    DutyInfo{Duty::p3, "P3", "one device is called from one thread; the plugin may own threads", "", Kept::by_harness},
    DutyInfo{Duty::p4, "P4", "nothing unwinds across the interface: no crash, exception, longjmp or exit",
             "Return a chipfit_status instead: catch every exception at the border (chipfit_plugin.hpp does), check "
             "pointers and sizes, and never call exit or abort.",
             Kept::by_plugin},
    DutyInfo{Duty::p5, "P5", "no pointer passed in is kept after the call returns",
             "Copy what you need before you return: the problem in prepare, the views in enqueue, the bytes in upload.",
             Kept::by_plugin},
    DutyInfo{Duty::p6, "P6", "a problem that cannot be computed is answered UNSUPPORTED, never by an abort",
             "Check the whole problem at the top of prepare (op, the four dtypes, math, accumulate, layout, groups, "
             "batch) and answer CHIPFIT_UNSUPPORTED for whatever is not implemented.",
             Kept::by_plugin},
    DutyInfo{Duty::p7, "P7", "supports says what prepare then does",
             "Let supports and prepare ask the same function, or leave supports out (NULL).", Kept::by_plugin},
    DutyInfo{Duty::p8, "P8", "enqueue does not change its inputs",
             "Compute in workspace of your own that prepare allocates, not in the input buffers.", Kept::by_plugin},
    DutyInfo{Duty::p9, "P9", "nothing is written beyond the output",
             "Check the last tile of each row and column: mask or shorten the store where the extents are no multiple "
             "of the tile, and start at the view's offset.",
             Kept::by_plugin},
    DutyInfo{Duty::p10, "P10", "math is a floor on precision: strict f32 is never computed in less",
             "Switch fast-math modes of the library off for CHIPFIT_STRICT, and accumulate in dtype_acc; answer "
             "UNSUPPORTED where the chip cannot.",
             Kept::by_plugin},
    DutyInfo{Duty::p11, "P11", "prepare sees shapes only; work that depends on data happens between enqueue and sync",
             "Keep no result and no packed operand from one enqueue to the next: the same buffers hold other data, and "
             "the same buffer is read at other offsets.",
             Kept::by_plugin},
    DutyInfo{Duty::p12, "P12", "the same input gives a result of the same accuracy",
             "Look for state that survives an enqueue: a workspace that is not cleared, a second code path, a race.",
             Kept::by_plugin},
    DutyInfo{Duty::abi, "ABI", "every function does what chipfit_plugin.h says: right results, one of six statuses",
             "Compare with the definition of the problem in chipfit_plugin.h: operand order, row-major storage, "
             "transposes, layout, padding, accumulate.",
             Kept::by_plugin},
    DutyInfo{Duty::host, "HOST", "the plugin leaves its process alone: descriptors, clock, memory, log",
             "Open files of your own and write to nothing else; log through chipfit_host.log, a line per event.",
             Kept::by_plugin},
};

/// "sync" of "sync: SIGSEGV"; `asked` where the reason does not begin with a function.
std::string call_of(std::string_view reason, std::string_view asked) {
  const auto colon = reason.find(':');
  const auto word = reason.substr(0, colon == std::string_view::npos ? 0 : colon);
  const bool is_call = !word.empty() && std::all_of(word.begin(), word.end(),
                                                    [](unsigned char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
  return std::string(is_call ? word : asked);
}

bool is_question(std::string_view call) {
  return call == "prepare" || call == "supports";
}

Duty duty_of_death(Verdict verdict, std::string_view reason, std::string_view call) {
  switch (verdict) {
    case Verdict::protocol:
    case Verdict::resource:
      return Duty::host;
    case Verdict::timeout:
    case Verdict::wedged:
      return is_question(call) ? Duty::p6 : Duty::p2;
    default:
      break;
  }
  const bool by_signal = verdict == Verdict::crashed && reason.find("exception") == std::string_view::npos;
  return by_signal && is_question(call) ? Duty::p6 : Duty::p4;
}

}  // namespace

std::span<const DutyInfo> all_duties() {
  return duties;
}

const DutyInfo& info(Duty duty) {
  return duties[static_cast<std::size_t>(duty)];
}

Result<Duty> parse_duty(std::string_view text) {
  const auto same = [&](const DutyInfo& duty) {
    return std::equal(text.begin(), text.end(), duty.name.begin(), duty.name.end(), [](char a, char b) {
      return std::toupper(static_cast<unsigned char>(a)) == std::toupper(static_cast<unsigned char>(b));
    });
  };
  const auto found = std::find_if(duties.begin(), duties.end(), same);
  if (found != duties.end()) return found->id;
  return fail(Error::Kind::usage, "no duty '" + std::string(text) + "'", {}, "duties are P1 to P12, ABI and HOST");
}

Breach breach_of(const judge::CallFailure& failure, std::string_view asked) {
  if (failure.kind == judge::CallFailure::Kind::died) {
    auto call = call_of(failure.reason, asked);
    return {duty_of_death(failure.verdict, failure.reason, call), std::move(call)};
  }
  // A status: only prepare and supports may refuse, and prepare only where supports did.
  if (asked == "prepare") return {Duty::p7, "prepare"};
  if (failure.status == CHIPFIT_UNSUPPORTED) return {Duty::p6, std::string(asked)};
  return {Duty::abi, std::string(asked)};
}

std::optional<SanitizerReport> find_sanitizer_report(std::string_view log) {
  constexpr std::string_view mark = "SUMMARY: AddressSanitizer: ";
  const auto at = log.rfind(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const auto line = log.substr(at + mark.size(), log.find('\n', at) - at - mark.size());
  const auto holds = [&](std::string_view word) { return line.find(word) != std::string_view::npos; };
  const Duty duty = holds("use-after-free") ? Duty::p5 : holds("overflow") ? Duty::p9 : Duty::p4;
  return SanitizerReport{duty, std::string(line)};
}

Breach breach_of(Verdict verdict, std::string_view reason) {
  if (info(verdict).died) {
    auto call = call_of(reason, "enqueue");
    return {duty_of_death(verdict, reason, call), std::move(call)};
  }
  switch (verdict) {
    case Verdict::precision:
      return {Duty::p10, "enqueue"};
    case Verdict::overrun:
      return {Duty::p9, "enqueue"};
    case Verdict::input_modified:
      return {Duty::p8, "enqueue"};
    case Verdict::deferred:
      return {Duty::p2, "sync"};
    case Verdict::precomputed:
      return {Duty::p11, "enqueue"};
    case Verdict::clock:
    case Verdict::protocol:
      return {Duty::host, "sync"};
    case Verdict::dishonest_support:
      return {Duty::p7, "prepare"};
    case Verdict::not_written:
      return {Duty::p1, "enqueue"};
    default:
      return {Duty::abi, "enqueue"};
  }
}

}  // namespace chipfit::conformance
