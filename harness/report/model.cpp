#include "harness/report/model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>

namespace chipfit::report {

using results::Column;

namespace {

bool has_any(std::string_view list, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) {
    for (auto at = list.find(word); at != std::string_view::npos; at = list.find(word, at + 1)) {
      const auto end = at + word.size();
      if ((at == 0 || list[at - 1] == ';') && (end == list.size() || list[end] == ';')) return true;
    }
    return false;
  });
}

std::string quoted(const std::string& word) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  std::string out = "'";
  for (const char c : word) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

}  // namespace

std::vector<std::string> chips_of(const Model& model) {
  std::vector<std::string> names;
  for (const auto& subject : model.subjects)
    if (std::ranges::find(names, subject.chip) == names.end()) names.push_back(subject.chip);
  return names;
}

TitleChips title_chips(const Model& model) {
  constexpr std::size_t named = 3;
  const auto all = chips_of(model);
  TitleChips title;
  for (const auto& subject : model.subjects) {
    const bool measured =
        std::ranges::any_of(subject.rows, [&](RowIndex i) { return model.text(i, Column::provenance) != "published"; });
    if (measured && std::ranges::find(title.names, subject.chip) == title.names.end())
      title.names.push_back(subject.chip);
  }
  if (title.names.empty()) title.names = all;
  title.names.resize(std::min(title.names.size(), named));
  title.more = title.names.size() < all.size();
  return title;
}

std::string types_of(const results::Row& row) {
  const auto& id = row.text(Column::case_id);
  const auto first = id.find(':');
  const auto types = first == std::string::npos ? id : id.substr(first + 1, id.find(':', first + 1) - first - 1);
  const auto& math = row.text(Column::math);
  return math.empty() || math == "strict" ? types : fmt::format("{}:{}", types, math);
}

std::string op_of(const results::Row& row) {
  const auto& direction = row.text(Column::direction);
  return direction.empty() ? row.text(Column::op) : fmt::format("{}_{}", row.text(Column::op), direction);
}

std::string model_column(const results::Row& row) {
  const auto& application = row.text(Column::application);
  const auto at = application.rfind("_m");
  const auto tokens = at == std::string::npos ? std::string() : application.substr(at + 2);
  const bool counted = !tokens.empty() && tokens.find_first_not_of("0123456789") == std::string::npos;
  return counted ? fmt::format("{} M={}", row.text(Column::suite), tokens) : row.text(Column::suite);
}

bool types_before(const std::string& a, const std::string& b) {
  constexpr std::array<std::string_view, 12> order{"f64", "f32",  "f32:tf32", "f32:bf16", "f32:f16", "f32:relaxed",
                                                   "f16", "bf16", "e4m3",     "e5m2",     "i8",      "u8"};
  const auto rank = [&](std::string_view types) {
    if (const auto exact = std::ranges::find(order, types); exact != order.end()) {
      return 2 * static_cast<int>(exact - order.begin());
    }
    const auto base = std::ranges::find(order, types.substr(0, types.find_first_of("-+")));
    return base == order.end() ? 100 : 2 * static_cast<int>(base - order.begin()) + 1;
  };
  return rank(a) != rank(b) ? rank(a) < rank(b) : a < b;
}

bool plausible(const results::Row& row) {
  return !has_any(row.text(Column::conditions), {"IMPLAUSIBLE"});
}

bool passed(const results::Row& row) {
  const auto& verdict = row.text(Column::verdict);
  return verdict == "OK" || verdict == "UNCHECKED";
}

bool attempted(const results::Row& row) {
  const auto& verdict = row.text(Column::verdict);
  return verdict != "UNSUPPORTED" && verdict != "TOO_BIG";
}

bool steady(const results::Row& row) {
  return row.real(Column::rate_flop_per_s) &&
         !has_any(row.text(Column::conditions), {"NOT_STEADY", "CI_NOT_REACHED", "THROTTLED", "POWER_LIMITED"});
}

Model::Model(Evidence all) : evidence(std::move(all)) {
  std::map<std::string, std::set<std::string>> backends;
  for (const auto& each : evidence.rows) backends[each.text(Column::chip)].insert(each.text(Column::backend));
  const bool several = std::ranges::any_of(backends, [](const auto& entry) { return entry.second.size() > 1; });
  std::unordered_map<std::string, std::size_t> at;
  for (RowIndex i = 0; i < evidence.rows.size(); ++i) {
    const auto& each = evidence.rows[i];
    const auto& chip = each.text(Column::chip).empty() ? each.text(Column::device_uid) : each.text(Column::chip);
    auto label = several ? fmt::format("{} · {}", chip, each.text(Column::backend)) : chip;
    const auto [found, is_new] = at.emplace(label, subjects.size());
    if (is_new) {
      subjects.push_back({each.text(Column::vendor), chip, each.text(Column::backend), std::move(label), {}});
    }
    subjects[found->second].rows.push_back(i);
    subject_of.push_back(found->second);
    types.push_back(types_of(each));
    rates_.push_back(each.real(Column::rate_flop_per_s));
  }
}

std::optional<RowIndex> best_row(const Model& model, const Rows& rows) {
  std::optional<RowIndex> best;
  for (const RowIndex i : rows) {
    const auto rate = model.real(i, Column::rate_flop_per_s);
    if (!rate) continue;
    const auto value = [&](RowIndex row) {
      return std::pair(plausible(model.row(row)), *model.real(row, Column::rate_flop_per_s));
    };
    if (!best || value(i) > value(*best)) best = i;
  }
  return best;
}

std::optional<RowIndex> median_row(const Model& model, const Rows& rows) {
  std::vector<std::pair<double, RowIndex>> rated;
  for (const RowIndex i : rows) {
    if (const auto rate = model.real(i, Column::rate_flop_per_s)) rated.emplace_back(*rate, i);
  }
  if (rated.empty()) return std::nullopt;
  std::ranges::sort(rated);
  return rated[(rated.size() - 1) / 2].second;
}

Rows all_rows(const Model& model) {
  Rows rows(model.evidence.rows.size());
  for (RowIndex i = 0; i < rows.size(); ++i) rows[i] = i;
  return rows;
}

Weighted weighted(const Model& model, const Rows& rows) {
  double all = 0, work = 0, time = 0;
  for (const auto& [id, repeats] : grouped(rows, [&](RowIndex i) { return model.text(i, Column::case_id); })) {
    const auto any = repeats.front();
    const double flop = model.real(any, Column::work_flop).value_or(0) * model.real(any, Column::count).value_or(1);
    all += flop;
    const bool all_pass = std::ranges::all_of(repeats, [&](RowIndex i) { return passed(model.row(i)); });
    const auto median = median_row(model, repeats);
    if (!all_pass || !median) continue;
    work += flop;
    time += model.real(*median, Column::time_median_s).value_or(0) * model.real(*median, Column::count).value_or(1);
  }
  return {all > 0 ? work / all : 0, time > 0 ? std::optional(work / time) : std::nullopt};
}

std::string reproduction_line(const results::Row& row) {
  if (row.text(Column::provenance) == "published") return {};
  auto line = fmt::format("chipfit run --case {} --backend {}", quoted(row.text(Column::case_id)),
                          quoted(row.text(Column::backend)));
  if (const auto& device = row.text(Column::device_index); !device.empty()) line += " --devices " + quoted(device);
  return line;
}

}  // namespace chipfit::report
