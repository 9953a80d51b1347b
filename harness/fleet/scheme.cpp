#include "harness/fleet/scheme.hpp"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <array>
#include <cmath>

#include "harness/fleet/types.hpp"
#include "harness/results/run_folder.hpp"
#include "kernels/base/did_you_mean.hpp"
#include "kernels/base/wildcard.hpp"

namespace chipfit::fleet {
namespace {

struct KindInfo {
  IndicatorKind id;
  std::string_view name, unit;
  bool of_types;
};
constexpr std::array<KindInfo, 5> kinds{{{IndicatorKind::scale, "scale", "FLOP/s", true},
                                         {IndicatorKind::efficiency, "efficiency", "", true},
                                         {IndicatorKind::energy_efficiency, "energy_efficiency", "FLOP/J", true},
                                         {IndicatorKind::adaptation_coverage, "adaptation_coverage", "", false},
                                         {IndicatorKind::stability, "stability", "", false}}};

const KindInfo& info(IndicatorKind kind) {
  return *std::ranges::find(kinds, kind, &KindInfo::id);
}

/// Reads one file; every function answers with the first fault it meets.
class Reader {
 public:
  explicit Reader(const std::string& file) : file_(file) {}

  Result<Scheme> read(const toml::table& table) {
    if (auto known =
            only(table, {"title", "suites", "disagreement", "conversion", "class", "inventory", "peak", "index"});
        !known)
      return pass_on(known.error());
    for (const auto& step : {&Reader::read_top, &Reader::read_conversion, &Reader::read_classes,
                             &Reader::read_inventory, &Reader::read_peaks, &Reader::read_index}) {
      if (auto done = (this->*step)(table); !done) return pass_on(done.error());
    }
    return std::move(scheme_);
  }

 private:
  tl::unexpected<Error> fault(const toml::node& node, std::string what, std::string hint) const {
    const auto at = node.source().begin;
    return fail(Error::Kind::bad_data, std::move(what), fmt::format("{}:{}:{}", file_, at.line, at.column),
                std::move(hint));
  }

  Result<void> only(const toml::table& table, const std::vector<std::string>& names) const {
    for (const auto& [key, node] : table) {
      if (std::ranges::find(names, key.str()) != names.end()) continue;
      const auto near = did_you_mean(key.str(), names);
      const auto at = key.source().begin;
      return fail(Error::Kind::bad_data, fmt::format("'{}' is not known here", key.str()),
                  fmt::format("{}:{}:{}", file_, at.line, at.column),
                  near.empty() ? fmt::format("known are {}", fmt::join(names, ", ")) : near);
    }
    return {};
  }

  Result<std::string> text(const toml::table& table, std::string_view key, std::string_view example) const {
    const auto* node = table.get(key);
    if (node == nullptr) return fault(table, fmt::format("'{}' is missing", key), std::string(example));
    const auto value = node->value<std::string>();
    if (!node->is_string() || value->empty())
      return fault(*node, fmt::format("'{}' is no text", key), std::string(example));
    return *value;
  }

  Result<double> positive(const toml::node& node, std::string_view key, std::string_view example) const {
    const auto value = node.is_number() ? node.value<double>() : std::nullopt;
    if (!value || !(*value > 0) || !std::isfinite(*value))
      return fault(node, fmt::format("'{}' is no number above 0", key), std::string(example));
    return *value;
  }
  Result<double> positive(const toml::table& table, std::string_view key, std::string_view example) const {
    const auto* node = table.get(key);
    if (node == nullptr) return fault(table, fmt::format("'{}' is missing", key), std::string(example));
    return positive(*node, key, example);
  }

  Result<std::string> types(const toml::node& node, const std::string& word) const {
    auto parsed = parse_types(word);
    if (!parsed) return fault(node, parsed.error().what, parsed.error().hint);
    return parsed;
  }

  Result<std::vector<std::string>> texts(const toml::table& table, std::string_view key,
                                         std::string_view example) const {
    const auto* node = table.get(key);
    if (node == nullptr) return fault(table, fmt::format("'{}' is missing", key), std::string(example));
    std::vector<std::string> list;
    if (const auto* array = node->as_array()) {
      for (const auto& each : *array) {
        if (!each.is_string()) return fault(each, fmt::format("'{}' is a list of texts", key), std::string(example));
        list.push_back(*each.value<std::string>());
      }
    }
    if (list.empty()) return fault(*node, fmt::format("'{}' is a list of texts", key), std::string(example));
    return list;
  }

  /// The tables of [[key]].
  Result<std::vector<const toml::table*>> tables(const toml::table& table, std::string_view key) const {
    std::vector<const toml::table*> list;
    const auto* node = table.get(key);
    if (node == nullptr) return list;
    if (const auto* array = node->as_array(); array != nullptr && !array->empty()) {
      for (const auto& each : *array) {
        if (!each.is_table()) break;
        list.push_back(each.as_table());
      }
      if (list.size() == array->size()) return list;
    }
    return fault(*node, fmt::format("'{}' is no list of tables", key), fmt::format("[[{}]] begins each", key));
  }

  Result<void> read_top(const toml::table& table) {
    if (table.contains("title")) {
      auto title = text(table, "title", "title = \"Our lab, 2026\"");
      if (!title) return pass_on(title.error());
      scheme_.title = std::move(*title);
    }
    if (table.contains("suites")) {
      auto suites = texts(table, "suites", "suites = [\"ours\"]");
      if (!suites) return pass_on(suites.error());
      scheme_.suites = std::move(*suites);
    }
    if (const auto* node = table.get("disagreement")) {
      const auto share = positive(*node, "disagreement", "disagreement = 0.05");
      if (!share) return pass_on(share.error());
      scheme_.disagreement = *share;
    }
    return {};
  }

  Result<void> read_conversion(const toml::table& table) {
    const auto* node = table.get("conversion");
    if (node == nullptr) return {};
    if (!node->is_table()) return fault(*node, "'conversion' is no table", "[conversion]");
    const auto& conversion = *node->as_table();
    if (auto known = only(conversion, {"reference", "basis", "factors"}); !known) return known;
    const auto reference = text(conversion, "reference", "reference = \"f32\"");
    if (!reference) return pass_on(reference.error());
    auto canonical = types(*conversion.get("reference"), *reference);
    if (!canonical) return pass_on(canonical.error());
    scheme_.reference = *canonical;
    auto basis = text(conversion, "basis", "basis = \"nominal peaks of the data sheets\": what the factors rest on");
    if (!basis) return pass_on(basis.error());
    scheme_.basis = std::move(*basis);
    const auto* factors = conversion.get("factors");
    if (factors == nullptr) return {};
    if (!factors->is_table()) return fault(*factors, "'factors' is no table", "[conversion.factors], then bf16 = 0.5");
    for (const auto& [key, value] : *factors->as_table()) {
      auto of = types(value, std::string(key.str()));
      if (!of) return pass_on(of.error());
      const auto factor = positive(value, key.str(), "bf16 = 0.5: one FLOP/s of bf16 is worth half of the reference");
      if (!factor) return pass_on(factor.error());
      if (*of == scheme_.reference && *factor != 1)
        return fault(value, fmt::format("{} is the reference: its factor is 1", *of), "leave it out");
      if (!scheme_.factors.emplace(*of, *factor).second)
        return fault(value, fmt::format("{} has two factors", *of), "keep one of the two");
    }
    return {};
  }

  Result<void> read_classes(const toml::table& table) {
    const auto list = tables(table, "class");
    if (!list) return pass_on(list.error());
    for (const auto* each : *list) {
      if (auto known = only(*each, {"name", "chips", "types"}); !known) return known;
      const auto class_name = text(*each, "name", "name = \"intelligent\"");
      if (!class_name) return pass_on(class_name.error());
      const std::vector<std::string> names{"general", "intelligent", "super"};
      if (std::ranges::find(names, *class_name) == names.end()) {
        const auto near = did_you_mean(*class_name, names);
        return fault(*each->get("name"), fmt::format("'{}' is no class of computing power", *class_name),
                     near.empty() ? "classes are general, intelligent and super" : near);
      }
      if (std::ranges::find(scheme_.classes, *class_name, &DeviceClass::name) != scheme_.classes.end())
        return fault(*each->get("name"), fmt::format("class '{}' stands twice", *class_name), "join their chips");
      DeviceClass made{*class_name, {}, {}};
      auto chips = texts(*each, "chips", "chips = [\"NVIDIA H100*\"]");
      if (!chips) return pass_on(chips.error());
      made.chips = std::move(*chips);
      const auto words = texts(*each, "types", "types = [\"bf16\", \"f32\"]: the first that a device has counts");
      if (!words) return pass_on(words.error());
      if (scheme_.reference.empty())
        return fault(*each, "classes are added up, and nothing is said of how types convert",
                     "[conversion] with reference, basis and factors");
      for (const auto& word : *words) {
        auto one = types(*each->get("types"), word);
        if (!one) return pass_on(one.error());
        if (!scheme_.factor(*one))
          return fault(
              *each->get("types"), fmt::format("no factor is declared for {}", *one),
              fmt::format("[conversion.factors]: {} = the {} FLOP/s that one of it is worth", word, scheme_.reference));
        made.types.push_back(std::move(*one));
      }
      scheme_.classes.push_back(std::move(made));
    }
    return {};
  }

  Result<void> read_inventory(const toml::table& table) {
    const auto list = tables(table, "inventory");
    if (!list) return pass_on(list.error());
    for (const auto* each : *list) {
      if (auto known = only(*each, {"chip", "devices"}); !known) return known;
      const auto chip = text(*each, "chip", "chip = \"NVIDIA H100*\"");
      if (!chip) return pass_on(chip.error());
      const auto* node = each->get("devices");
      const auto devices = node != nullptr && node->is_integer() ? node->value<std::int64_t>() : std::nullopt;
      if (!devices || *devices < 1 || *devices > 1'000'000'000)
        return fault(node != nullptr ? *node : *each, "'devices' is no number of devices", "devices = 128");
      if (std::ranges::find(scheme_.inventory, *chip, &Inventory::chip) != scheme_.inventory.end())
        return fault(*each->get("chip"), fmt::format("'{}' is declared twice", *chip), "add the devices up");
      scheme_.inventory.push_back({*chip, static_cast<std::size_t>(*devices)});
    }
    return {};
  }

  Result<void> read_peaks(const toml::table& table) {
    const auto list = tables(table, "peak");
    if (!list) return pass_on(list.error());
    for (const auto* each : *list) {
      if (auto known = only(*each, {"chip", "types", "flop_per_s", "source"}); !known) return known;
      DeclaredPeak peak;
      for (auto [key, target, example] : {std::tuple{"chip", &peak.chip, "chip = \"NVIDIA H100*\""},
                                          {"types", &peak.types, "types = \"bf16\""},
                                          {"source", &peak.source, "source = \"data sheet, dense\""}}) {
        auto value = text(*each, key, example);
        if (!value) return pass_on(value.error());
        *target = std::move(*value);
      }
      auto canonical = types(*each->get("types"), peak.types);
      if (!canonical) return pass_on(canonical.error());
      peak.types = std::move(*canonical);
      const auto rate = positive(*each, "flop_per_s", "flop_per_s = 989.4e12: dense, without sparsity");
      if (!rate) return pass_on(rate.error());
      peak.flop_per_s = *rate;
      scheme_.peaks.push_back(std::move(peak));
    }
    return {};
  }

  Result<void> read_index(const toml::table& table) {
    const auto list = tables(table, "index");
    if (!list) return pass_on(list.error());
    double sum = 0;
    for (const auto* each : *list) {
      auto indicator = read_indicator(*each);
      if (!indicator) return pass_on(indicator.error());
      for (const auto& other : scheme_.index) {
        if (other.kind == indicator->kind && other.types == indicator->types)
          return fault(*each, "this indicator stands twice", "keep one, with both weights");
      }
      sum += indicator->weight;
      scheme_.index.push_back(std::move(*indicator));
    }
    if (!list->empty() && std::abs(sum - 1) > 1e-6)
      return fault(*list->front(), fmt::format("the weights of the index sum to {:.6g}, not to 1", sum),
                   "an index of 100 is every target reached: let the weights sum to 1");
    return {};
  }

  Result<Indicator> read_indicator(const toml::table& table) const {
    if (auto known = only(table, {"indicator", "types", "weight", "target"}); !known) return pass_on(known.error());
    const auto word = text(table, "indicator", "indicator = \"scale\"");
    if (!word) return pass_on(word.error());
    const auto* found = std::ranges::find(kinds, *word, &KindInfo::name);
    if (found == kinds.end()) {
      std::vector<std::string> names;
      for (const auto& kind : kinds) names.emplace_back(kind.name);
      const auto near = did_you_mean(*word, names);
      return fault(*table.get("indicator"), fmt::format("'{}' is no indicator", *word),
                   near.empty() ? fmt::format("indicators are {}", fmt::join(names, ", ")) : near);
    }
    Indicator indicator{found->id, {}, 0, 1};
    const auto weight = positive(table, "weight", "weight = 0.2; all weights sum to 1");
    if (!weight) return pass_on(weight.error());
    const auto target = positive(table, "target", "target = 1e18: the value that counts in full");
    if (!target) return pass_on(target.error());
    indicator.weight = *weight;
    indicator.target = *target;
    if (found->unit.empty() && *target > 1)
      return fault(*table.get("target"), fmt::format("{} is a share: no target above 1 is reached", *word),
                   "target = 0.8");
    if (!found->of_types) {
      if (const auto* node = table.get("types"))
        return fault(*node, fmt::format("{} is counted over all rows, not by types", *word), "leave 'types' out");
      return indicator;
    }
    const auto of = text(table, "types", "types = \"bf16\", or \"converted\" for the total of the classes");
    if (!of) return pass_on(of.error());
    if (*of == "converted") {
      if (scheme_.classes.empty())
        return fault(*table.get("types"), "nothing is converted: the scheme has no classes",
                     "[[class]] with name, chips and types");
      indicator.types = *of;
      return indicator;
    }
    auto canonical = types(*table.get("types"), *of);
    if (!canonical) return pass_on(canonical.error());
    indicator.types = std::move(*canonical);
    return indicator;
  }

  const std::string& file_;
  Scheme scheme_;
};

}  // namespace

std::string_view name(IndicatorKind kind) {
  return info(kind).name;
}
std::string_view unit(IndicatorKind kind) {
  return info(kind).unit;
}

std::optional<double> Scheme::factor(std::string_view types) const {
  if (!reference.empty() && types == reference) return 1.0;
  const auto found = factors.find(types);
  return found == factors.end() ? std::nullopt : std::optional(found->second);
}

const DeviceClass* Scheme::class_of(std::string_view chip) const {
  for (const auto& each : classes) {
    if (std::ranges::any_of(each.chips, [&](const std::string& pattern) { return matches(pattern, chip); }))
      return &each;
  }
  return nullptr;
}

Result<Scheme> parse_scheme(std::string_view text, const std::string& file) {
  try {
    return Reader(file).read(toml::parse(text));
  } catch (const toml::parse_error& error) {
    const auto at = error.source().begin;
    return fail(Error::Kind::bad_data, std::string(error.description()),
                fmt::format("{}:{}:{}", file, at.line, at.column), "docs/fleet.md shows a whole scheme");
  }
}

Result<Scheme> read_scheme(const std::filesystem::path& file) {
  const auto text = results::read_whole(file);
  if (!text) return pass_on(text.error());
  return parse_scheme(*text, file.string());
}

}  // namespace chipfit::fleet
