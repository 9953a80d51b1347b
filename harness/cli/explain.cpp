#include "harness/cli/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "harness/results/row.hpp"
#include "kernels/base/did_you_mean.hpp"
#include "kernels/base/numbers.hpp"
#include "kernels/problem/case_id.hpp"
#include "kernels/suites/suite.hpp"

namespace chipfit::cli {
namespace {

constexpr std::array conditions{
    Condition::quick,          Condition::ci_not_reached, Condition::not_steady,       Condition::power_limited,
    Condition::throttled,      Condition::implausible,    Condition::nondeterministic, Condition::untrusted,
    Condition::busy_after_sync};

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return result;
}

Explanation of(const VerdictInfo& verdict) {
  return {"verdict",
          std::string(verdict.name),
          {{"", std::string(verdict.meaning_en)},
           {"", std::string(verdict.meaning_zh)},
           {"rates", verdict.rated ? "filled" : "blank"},
           {"exit code", verdict.acceptable ? "0, where every row is like this" : "1"},
           {"worker", verdict.died ? "gone; the next case starts another" : "goes on"}}};
}

Explanation of(Condition condition) {
  const auto text = meaning(condition);
  return {"condition",
          std::string(name(condition)),
          {{"", std::string(text.en)}, {"", std::string(text.zh)}, {"rates", "stay filled"}}};
}

Explanation of(const results::ColumnInfo& column) {
  static const std::map<results::ColumnType, std::string> types{{results::ColumnType::text, "text"},
                                                                {results::ColumnType::integer, "integer"},
                                                                {results::ColumnType::real, "real"},
                                                                {results::ColumnType::time, "time, UTC, ISO 8601"}};
  Explanation explanation{
      "column", std::string(column.name), {{"", std::string(column.meaning_en)}, {"", std::string(column.meaning_zh)}}};
  explanation.lines.push_back({"type", types.at(column.type)});
  if (!column.unit.empty()) explanation.lines.push_back({"unit", std::string(column.unit)});
  explanation.lines.push_back({"empty", "not measured"});
  return explanation;
}

Explanation of(const Suite& suite) {
  double work = 0;
  for (const auto& suite_case : suite.cases)
    work += static_cast<double>(suite_case.count) * static_cast<double>(flop(suite_case.problem));
  return {"suite",
          suite.name,
          {{"cases", count_text(suite.cases.size())},
           {"work", fmt::format("{}, layers counted as often as they stand in the model", work_text(work))},
           {"run", fmt::format("chipfit run --suite {}", suite.name)},
           {"list", fmt::format("chipfit plan --suite {}", suite.name)}}};
}

std::string extents(std::initializer_list<std::int64_t> sizes) {
  return fmt::format("{}", fmt::join(sizes, " × "));
}

/// Operands by name and extents, in the order of the ABI; the output last.
std::array<std::pair<std::string, std::string>, 3> shapes(const GemmProblem& p) {
  const bool ta = p.trans_a == Transpose::yes, tb = p.trans_b == Transpose::yes;
  const auto batched = [&](std::int64_t rows, std::int64_t columns) {
    return p.batch == 1 ? extents({rows, columns}) : extents({p.batch, rows, columns});
  };
  return {{{ta ? "A (stored transposed)" : "A", ta ? batched(p.k, p.m) : batched(p.m, p.k)},
           {tb ? "B (stored transposed)" : "B", tb ? batched(p.n, p.k) : batched(p.k, p.n)},
           {"C", batched(p.m, p.n)}}};
}

std::array<std::pair<std::string, std::string>, 3> shapes(const ConvProblem& p) {
  const bool nchw = p.layout == Layout::nchw;
  const auto image = [&](std::int64_t channels, std::int64_t h, std::int64_t w) {
    return nchw ? extents({p.n, channels, h, w}) : extents({p.n, h, w, channels});
  };
  const auto per_group = p.c / p.groups;
  const std::pair<std::string, std::string> x{nchw ? "X NCHW" : "X NHWC", image(p.c, p.h, p.w)},
      y{nchw ? "Y NKPQ" : "Y NPQK", image(p.k, p.p(), p.q())},
      w{nchw ? "W KCRS" : "W KRSC", nchw ? extents({p.k, per_group, p.r, p.s}) : extents({p.k, p.r, p.s, per_group})};
  switch (p.direction) {
    case ConvDirection::fwd:
      return {x, w, y};
    case ConvDirection::bwd_data:
      return {{{"d" + y.first, y.second}, w, {"d" + x.first, x.second}}};
    case ConvDirection::bwd_weights:
      return {{x, {"d" + y.first, y.second}, {"d" + w.first, w.second}}};
  }
  return {};
}

std::string formula(const GemmProblem& p) {
  const bool adds = p.accumulate == Accumulate::add;
  return fmt::format("C {} {}A · {}B{}, row-major", adds ? "+=" : "=", p.trans_a == Transpose::yes ? "transposed " : "",
                     p.trans_b == Transpose::yes ? "transposed " : "",
                     p.batch == 1 ? "" : fmt::format(", {} products", count_text(static_cast<std::uint64_t>(p.batch))));
}

std::string formula(const ConvProblem& p) {
  const char* sign = p.accumulate == Accumulate::add ? "+=" : "=";
  const auto what = p.direction == ConvDirection::fwd        ? fmt::format("Y {} conv(X, W)", sign)
                    : p.direction == ConvDirection::bwd_data ? fmt::format("dX {} backward data of (dY, W)", sign)
                                                             : fmt::format("dW {} backward weights of (X, dY)", sign);
  return fmt::format("{}; stride {}, padding {}, dilation {}, {}", what, extents({p.stride_h, p.stride_w}),
                     extents({p.pad_h, p.pad_w}), extents({p.dil_h, p.dil_w}),
                     counted(static_cast<std::uint64_t>(p.groups), "group"));
}

Explanation of(const Problem& problem) {
  Explanation explanation{"case", case_id(problem), {}};
  auto& lines = explanation.lines;
  const auto add_operand = [&](const std::pair<std::string, std::string>& shape, const Operand& operand) {
    lines.push_back({shape.first, fmt::format("{}, {}, {}", shape.second, info(operand.dtype).name,
                                              bytes_text(static_cast<std::uint64_t>(operand.bytes())))});
  };
  lines.push_back({"computes", std::visit([](const auto& p) { return formula(p); }, problem)});
  const auto names = std::visit([](const auto& p) { return shapes(p); }, problem);
  const auto arrays = operands(problem);
  add_operand(names[0], arrays.in[0]);
  add_operand(names[1], arrays.in[1]);
  add_operand(names[2], arrays.out);
  lines.push_back({"accumulator", std::string(info(dtypes(problem).acc).name)});
  lines.push_back({"math", std::string(name(math(problem)))});
  const bool is_gemm = std::holds_alternative<GemmProblem>(problem);
  const auto work = flop(problem), in_image = flop_in_image(problem), traffic = traffic_bytes(problem);
  lines.push_back({"work", fmt::format("{} ({} FLOP, {})", work_text(static_cast<double>(work)),
                                       count_text(static_cast<std::uint64_t>(work)),
                                       is_gemm ? "2·M·N·K·batch" : "2·N·K·(C/groups)·R·S·P·Q")});
  if (in_image != work) {
    lines.push_back({"in the image", fmt::format("{} without the taps that fall on padding",
                                                 work_text(static_cast<double>(in_image)))});
  }
  lines.push_back({"traffic", fmt::format("{} at least: inputs read once, output written once",
                                          bytes_text(static_cast<std::uint64_t>(traffic)))});
  lines.push_back({"intensity", si_text(static_cast<double>(work) / static_cast<double>(traffic), "FLOP/byte", 3)});
  lines.push_back({"run", fmt::format("chipfit run --case {}", case_id(problem))});
  return explanation;
}

}  // namespace

Meaning meaning(Condition condition) {
  switch (condition) {
    case Condition::quick:
      return {"Measured for about 0.2 s only: good for a first look, not for a comparison.",
              "仅测量约 0.2 秒：适合初看，不宜用于比较。"};
    case Condition::ci_not_reached:
      return {"Time ran out before the confidence interval of the median was as narrow as asked.",
              "在时间用尽之前，中位数的置信区间未收窄到要求的宽度。"};
    case Condition::not_steady:
      return {"The times still drifted when the measurement began: clocks, heat or other load.",
              "测量开始时耗时仍在漂移：可能来自频率、温度或其他负载。"};
    case Condition::power_limited:
      return {"The device lowered its clock to stay within its power limit.", "设备为不超过功率上限而降低了频率。"};
    case Condition::throttled:
      return {"The device lowered its clock because of heat or a fault of its supply.",
              "设备因温度或供电问题降低了频率。"};
    case Condition::implausible:
      return {"Faster than the device's peak: a call for review. Winograd and split arithmetic may do so honestly.",
              "速率超过设备峰值，需要人工复核；Winograd 与拆分算法可能合理地超过。"};
    case Condition::nondeterministic:
      return {"The same input gave different bits twice; both were right.", "相同输入两次结果的比特不同，但均正确。"};
    case Condition::untrusted:
      return {"Measured in the judge's own process (--in-process): for debugging, never for a report.",
              "在评测进程内测得（--in-process）：仅用于调试，不得写入报告。"};
    case Condition::busy_after_sync:
      return {"The plugin went on computing after sync said that everything was finished.",
              "插件在 sync 返回完成之后仍在继续计算。"};
  }
  return {};
}

Result<std::vector<Explanation>> explain(const std::string& word) {
  if (word.find(':') != std::string::npos) {
    const auto problem = parse_case_id(word);
    if (!problem) {
      auto error = problem.error();
      error.where = error.where.empty() ? word : fmt::format("{}, {}", word, error.where);
      return pass_on(std::move(error));
    }
    return std::vector{of(*problem)};
  }
  std::vector<Explanation> found;
  std::vector<std::string> known;
  const auto matches = [&](std::string_view candidate) {
    known.emplace_back(candidate);
    return lower(candidate) == lower(word);
  };
  for (const auto& verdict : all_verdicts()) {
    if (matches(verdict.name)) found.push_back(of(verdict));
  }
  for (const auto condition : conditions) {
    if (matches(name(condition))) found.push_back(of(condition));
  }
  for (const auto& column : results::all_columns()) {
    if (matches(column.name)) found.push_back(of(column));
  }
  for (const auto& suite_name : standard_suite_names()) {
    if (!matches(suite_name)) continue;
    const auto suite = standard_suite(suite_name);
    if (!suite) return pass_on(suite.error());
    found.push_back(of(*suite));
  }
  if (!found.empty()) return found;
  const auto suggestion = did_you_mean(word, known);
  return fail(Error::Kind::usage, fmt::format("'{}' is no verdict, condition, column, suite or case id", word), {},
              suggestion.empty() ? "for example: chipfit explain NOT_WRITTEN; chipfit explain gemm:f32:NN:512x512x512"
                                 : suggestion);
}

}  // namespace chipfit::cli
