#include "harness/results/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "kernels/base/did_you_mean.hpp"

namespace chipfit {
namespace {

constexpr std::size_t verdict_count = static_cast<std::size_t>(Verdict::interrupted) + 1;

// id, name, rated, acceptable, died, meaning_en, meaning_zh; in the order of the enumeration.
constexpr std::array<VerdictInfo, verdict_count> kVerdicts{{
    {Verdict::ok, "OK", true, true, false, "Measured, and every checked answer was right.",
     "已测得，所有经核验的结果均正确。"},
    {Verdict::unchecked, "UNCHECKED", true, true, false, "Imported from elsewhere: nobody here verified the answer.",
     "由外部导入，结果未经本程序核验。"},
    {Verdict::unsupported, "UNSUPPORTED", false, true, false, "The plugin says that it does not compute this problem.",
     "插件声明不支持该问题。"},
    {Verdict::too_big, "TOO_BIG", false, true, false,
     "The problem does not fit the memory of the device or of this machine.", "问题规模超出设备或本机内存。"},
    {Verdict::incorrect, "INCORRECT", false, false, false, "The answer is wrong.", "计算结果错误。"},
    {Verdict::precision, "PRECISION", false, false, false,
     "The answer is less precise than the declared types and math mode demand.",
     "结果精度低于所声明的类型与计算方式的要求。"},
    {Verdict::sparse_error, "SPARSE_ERROR", false, false, false,
     "Most of the answer is right, but a few elements are wrong.", "结果大部分正确，但有少数元素错误。"},
    {Verdict::not_written, "NOT_WRITTEN", false, false, false, "The output, or a part of it, was never written.",
     "输出全部或部分从未写入。"},
    {Verdict::overrun, "OVERRUN", false, false, false, "The plugin wrote beyond the end of its output.",
     "插件写越了输出区的边界。"},
    {Verdict::input_modified, "INPUT_MODIFIED", false, false, false, "The plugin changed its inputs.",
     "插件改动了输入数据。"},
    {Verdict::deferred, "DEFERRED", false, false, false, "Work was left to be done after sync had returned.",
     "同步返回之后仍有计算被推迟执行。"},
    {Verdict::precomputed, "PRECOMPUTED", false, false, false,
     "Work on the data was done before the clock was started.", "在计时开始之前已对数据做了计算。"},
    {Verdict::clock, "CLOCK", false, false, false, "The worker's clock contradicts the judge's.",
     "工作进程的时钟与裁判的时钟不一致。"},
    {Verdict::protocol, "PROTOCOL", false, false, false, "The worker sent something that is not a valid reply.",
     "工作进程发来的应答不合规约。"},
    {Verdict::crashed, "CRASHED", false, false, true, "The worker was ended by a signal.", "工作进程因信号终止。"},
    {Verdict::exited, "EXITED", false, false, true, "The plugin ended the worker process.", "插件自行结束了工作进程。"},
    {Verdict::timeout, "TIMEOUT", false, false, true,
     "A call did not return before its deadline, and the worker was killed.", "调用超过时限未返回，工作进程已被终止。"},
    {Verdict::wedged, "WEDGED", false, false, true,
     "The worker could not be killed: the device needs a reset by its operator.",
     "工作进程无法终止，设备需由操作员复位。"},
    {Verdict::resource, "RESOURCE", false, false, true,
     "The worker went past a limit on memory, processes or log, and was killed.",
     "工作进程超出内存、进程数或日志的限额，已被终止。"},
    {Verdict::dishonest_support, "DISHONEST_SUPPORT", false, false, false,
     "The plugin said that it supports the problem, then failed to prepare it.",
     "插件声明支持该问题，却未能完成准备。"},
    {Verdict::skipped_unstable, "SKIPPED_UNSTABLE", false, false, false,
     "Not run, because the plugin had died three times in a row.", "插件连续三次崩溃，本用例未再运行。"},
    {Verdict::interrupted, "INTERRUPTED", false, false, false,
     "The run was interrupted before this case; it can be resumed.", "运行在本用例之前被中断，可续跑。"},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kVerdicts.size(); ++i) {
    if (kVerdicts[i].id != static_cast<Verdict>(i)) return false;
  }
  return true;
}
static_assert(in_order());

// Gravest first.
constexpr std::array<Verdict, verdict_count> kPrecedence{
    Verdict::wedged,           Verdict::resource,    Verdict::timeout,      Verdict::crashed,
    Verdict::exited,           Verdict::protocol,    Verdict::overrun,      Verdict::input_modified,
    Verdict::not_written,      Verdict::incorrect,   Verdict::sparse_error, Verdict::precision,
    Verdict::deferred,         Verdict::precomputed, Verdict::clock,        Verdict::dishonest_support,
    Verdict::skipped_unstable, Verdict::interrupted, Verdict::too_big,      Verdict::unsupported,
    Verdict::unchecked,        Verdict::ok};

std::size_t rank(Verdict verdict) {
  return static_cast<std::size_t>(std::ranges::find(kPrecedence, verdict) - kPrecedence.begin());
}

}  // namespace

std::span<const VerdictInfo> all_verdicts() {
  return kVerdicts;
}

const VerdictInfo& info(Verdict verdict) {
  return kVerdicts[static_cast<std::size_t>(verdict)];
}

Result<Verdict> parse_verdict(std::string_view text) {
  std::vector<std::string> names;
  for (const VerdictInfo& each : kVerdicts) {
    if (each.name == text) return each.id;
    names.emplace_back(each.name);
  }
  std::string hint = did_you_mean(text, names);
  if (hint.empty()) hint = fmt::format("verdicts are {}", fmt::join(names, " "));
  return fail(Error::Kind::bad_data, fmt::format("'{}' is not a verdict", text), {}, std::move(hint));
}

Verdict graver(Verdict a, Verdict b) {
  return rank(b) < rank(a) ? b : a;
}

std::string_view name(Condition condition) {
  switch (condition) {
    case Condition::quick:
      return "QUICK";
    case Condition::ci_not_reached:
      return "CI_NOT_REACHED";
    case Condition::not_steady:
      return "NOT_STEADY";
    case Condition::power_limited:
      return "POWER_LIMITED";
    case Condition::throttled:
      return "THROTTLED";
    case Condition::implausible:
      return "IMPLAUSIBLE";
    case Condition::nondeterministic:
      return "NONDETERMINISTIC";
    case Condition::untrusted:
      return "UNTRUSTED";
    case Condition::busy_after_sync:
      return "BUSY_AFTER_SYNC";
  }
  return "";
}

}  // namespace chipfit
