#include "kernels/problem/dtype.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <vector>

#include "kernels/base/names.hpp"
#include "kernels/problem/dtype_table.hpp"

namespace chipfit {
namespace {

// What info() answers for a number that is no Dtype, so that a damaged message cannot index past the table.
constexpr DtypeInfo kNoDtype{Dtype{}, "unknown", 1, false, false, 1, 1, 0, 1, Dtype{}, 0};

struct MathName {
  Math id;
  std::string_view name;
};
constexpr std::array kMaths{
    MathName{Math::strict, "strict"}, MathName{Math::relaxed, "relaxed"}, MathName{Math::tf32, "tf32"},
    MathName{Math::f16, "f16"},       MathName{Math::bf16, "bf16"},
};

template <class Table>
auto find_by_name(const Table& table, std::string_view word, std::string_view what) {
  std::vector<std::string> names;
  names.reserve(table.size());
  for (const auto& row : table) names.emplace_back(row.name);
  return find_name(word, what, names).map([&](std::size_t index) { return table[index].id; });
}

// The combination written out in full.
std::string long_form(const DtypeCombo& combo) {
  const std::string b = combo.b == combo.a ? "" : fmt::format("+{}", info(combo.b).name);
  return fmt::format("{}{}-{}-{}", info(combo.a).name, b, info(combo.acc).name, info(combo.out).name);
}

}  // namespace

std::span<const DtypeInfo> all_dtypes() {
  return kDtypes;
}

const DtypeInfo& info(Dtype id) {
  const auto row = std::find_if(kDtypes.begin(), kDtypes.end(), [&](const DtypeInfo& dtype) { return dtype.id == id; });
  return row == kDtypes.end() ? kNoDtype : *row;
}

Result<Dtype> parse_dtype(std::string_view word) {
  return find_by_name(kDtypes, word, "an element type");
}

std::string_view name(Math id) {
  const auto row = std::find_if(kMaths.begin(), kMaths.end(), [&](const MathName& math) { return math.id == id; });
  return row == kMaths.end() ? "unknown" : row->name;
}

Result<Math> parse_math(std::string_view word) {
  return find_by_name(kMaths, word, "a math mode");
}

Result<DtypeCombo> default_combo(Dtype input) {
  for (const DtypeCombo& combo : kCombos) {
    if (combo.a == input) return combo;
  }
  return fail(Error::Kind::usage, fmt::format("{} is not an input type", info(input).name), {},
              "i32 is the accumulator and the result of i8 and u8");
}

int accumulation_bits(const DtypeCombo& combo) {
  return std::min(
      {info(combo.a).accumulation_bits, info(combo.b).accumulation_bits, info(combo.acc).accumulation_bits});
}

std::span<const DtypeCombo> all_combos() {
  return kCombos;
}

std::string to_string(const DtypeCombo& combo) {
  const auto standard = default_combo(combo.a);
  if (standard && *standard == combo) return std::string(info(combo.a).name);
  return long_form(combo);
}

Result<DtypeCombo> parse_combo(std::string_view text) {
  std::array<std::string_view, 3> parts;
  std::size_t count = 0;
  for (std::string_view rest = text;;) {
    const std::size_t dash = rest.find('-');
    if (count == parts.size() || (dash == std::string_view::npos && count == 1)) {
      return fail(Error::Kind::usage, fmt::format("'{}' is not a combination of element types", text), {},
                  "write an input type (bf16), or input, accumulator and result (bf16-f32-f32)");
    }
    parts[count++] = rest.substr(0, dash);
    if (dash == std::string_view::npos) break;
    rest.remove_prefix(dash + 1);
  }

  const std::size_t plus = parts[0].find('+');
  const auto a = parse_dtype(parts[0].substr(0, plus));
  if (!a) return pass_on(a.error());
  if (count == 1 && plus == std::string_view::npos) return default_combo(*a);
  const auto b = plus == std::string_view::npos ? a : parse_dtype(parts[0].substr(plus + 1));
  if (!b) return pass_on(b.error());
  if (count == 1) {
    return fail(Error::Kind::usage, fmt::format("'{}' names two input types but no result", text), {},
                "write input, accumulator and result (bf16-f32-f32)");
  }
  const auto acc = parse_dtype(parts[1]);
  if (!acc) return pass_on(acc.error());
  const auto out = parse_dtype(parts[2]);
  if (!out) return pass_on(out.error());

  const DtypeCombo combo{*a, *b, *acc, *out};
  if (std::find(kCombos.begin(), kCombos.end(), combo) == kCombos.end()) {
    std::vector<std::string> known;
    known.reserve(kCombos.size());
    for (const DtypeCombo& each : kCombos) known.push_back(to_string(each));
    return fail(Error::Kind::usage, fmt::format("{} is not a defined combination of element types", long_form(combo)),
                {}, fmt::format("defined: {}", fmt::join(known, ", ")));
  }
  return combo;
}

}  // namespace chipfit
