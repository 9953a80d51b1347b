#include "harness/report/criteria.hpp"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <sstream>
#include <string>

#include "harness/report/embedded.hpp"
#include "harness/results/run_folder.hpp"
#include "kernels/base/did_you_mean.hpp"

namespace chipfit::report {

using results::Column;

namespace {

Result<void> read_into(Criteria& criteria, std::string_view text, const std::string& file) {
  const auto fault = [&](const toml::node& node, std::string what, std::string hint) {
    const auto at = node.source().begin;
    return fail(Error::Kind::bad_data, std::move(what), fmt::format("{}:{}:{}", file, at.line, at.column),
                std::move(hint));
  };
  std::vector<std::string> names;
  for (const auto& criterion : criteria) names.emplace_back(criterion.name);
  try {
    const auto table = toml::parse(text);
    for (const auto& [key, node] : table) {
      const auto found = std::ranges::find(criteria, key.str(), &Criterion::name);
      if (found == criteria.end() || !node.is_table()) {
        auto hint = did_you_mean(key.str(), names);
        return fault(node, fmt::format("'{}' is no criterion", key.str()),
                     hint.empty() ? "criteria are correctness, coverage, stability and efficiency" : hint);
      }
      for (const auto& [name, value] : *node.as_table()) {
        if (name == "minimum") {
          const auto share = value.value<double>();
          if (!share || !(*share >= 0 && *share <= 1))
            return fault(value, "a minimum is a share from 0 to 1", "minimum = 0.8");
          found->minimum = *share;
        } else if (name == "consequence") {
          const auto word = value.value<std::string>().value_or("");
          if (word != "fail" && word != "condition") {
            return fault(value, fmt::format("'{}' is no consequence", word),
                         "consequences are \"fail\" and \"condition\"");
          }
          found->consequence = word == "fail" ? Status::fail : Status::conditional;
        } else {
          return fault(value, fmt::format("'{}' is no part of a criterion", name.str()),
                       "a criterion has minimum and consequence");
        }
      }
    }
  } catch (const toml::parse_error& error) {
    const auto at = error.source().begin;
    return fail(Error::Kind::bad_data, std::string(error.description()),
                fmt::format("{}:{}:{}", file, at.line, at.column));
  }
  return {};
}

std::size_t count_if(const Rows& rows, auto predicate) {
  return static_cast<std::size_t>(std::ranges::count_if(rows, predicate));
}

/// The best share of a peak that any row reaches; the measured peak is preferred wherever any row has one.
std::optional<Figure> efficiency(const Model& model) {
  for (const auto peak : {Column::peak_empirical_flop_per_s, Column::peak_flop_per_s}) {
    std::optional<RowIndex> best;
    double best_share = 0;
    for (const RowIndex i : all_rows(model)) {
      const auto rate = model.real(i, Column::rate_flop_per_s), over = model.real(i, peak);
      if (!rate || !over || *over <= 0 || *rate / *over <= best_share) continue;
      best_share = *rate / *over;
      best = i;
    }
    if (best) return share(model, *best, Column::rate_flop_per_s, peak);
  }
  return std::nullopt;
}

std::optional<Figure> measure(const Model& model, std::string_view criterion) {
  const auto rows = all_rows(model);
  const auto part_of = [&](std::size_t of, std::size_t over, Filter first, Filter second) -> std::optional<Figure> {
    if (over == 0) return std::nullopt;
    return part(of, over, first, second);
  };
  if (criterion == "correctness") {
    const auto ok = [&](RowIndex i) { return model.text(i, Column::verdict) == "OK"; };
    const auto judged = [&](RowIndex i) {
      return attempted(model.row(i)) && model.text(i, Column::provenance) != "published";
    };
    Filter undertaken;
    undertaken.where("attempted", "1").where("published", "0");
    return part_of(count_if(rows, [&](RowIndex i) { return ok(i) && judged(i); }), count_if(rows, judged),
                   Filter().where("verdict", "OK").where("published", "0"), undertaken);
  }
  if (criterion == "coverage") {
    return part_of(count_if(rows, [&](RowIndex i) { return passed(model.row(i)); }), rows.size(),
                   Filter().where("passed", "1"), Filter());
  }
  if (criterion == "stability") {
    // Tables that were published without intervals say nothing of steadiness.
    const auto told = [&](RowIndex i) { return model.rated(i) && model.text(i, Column::provenance) != "published"; };
    return part_of(count_if(rows, [&](RowIndex i) { return told(i) && steady(model.row(i)); }), count_if(rows, told),
                   Filter().where("steady", "1").where("published", "0"),
                   Filter().where("rated", "1").where("published", "0"));
  }
  return efficiency(model);
}

}  // namespace

std::string_view name(Status status) {
  switch (status) {
    case Status::pass:
      return "pass";
    case Status::conditional:
      return "conditional";
    case Status::fail:
      return "fail";
  }
  return "";
}

Result<Criteria> builtin_criteria() {
  Criteria criteria{{{.name = "correctness"}, {.name = "coverage"}, {.name = "stability"}, {.name = "efficiency"}}};
  if (auto read = read_into(criteria, embedded_criteria(), "criteria.toml"); !read) return pass_on(read.error());
  return criteria;
}

Result<Criteria> read_criteria(const std::filesystem::path& file) {
  auto criteria = builtin_criteria();
  if (!criteria) return criteria;
  const auto text = results::read_whole(file);
  if (!text) return pass_on(text.error());
  if (auto read = read_into(*criteria, *text, file.string()); !read) return pass_on(read.error());
  return criteria;
}

Judgement judge(const Model& model, const Criteria& criteria) {
  Judgement judgement;
  for (const Criterion& criterion : criteria) {
    Finding finding{criterion, measure(model, criterion.name), false};
    const auto value = finding.measured ? std::stod(finding.measured->value) : 0.0;
    finding.met = finding.measured && value >= criterion.minimum;
    const auto effect = finding.met ? Status::pass : finding.measured ? criterion.consequence : Status::conditional;
    judgement.status = std::max(judgement.status, effect);
    judgement.findings.push_back(std::move(finding));
  }
  return judgement;
}

}  // namespace chipfit::report
