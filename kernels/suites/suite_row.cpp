#include "kernels/suites/suite_row.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "kernels/base/did_you_mean.hpp"
#include "kernels/problem/fault.hpp"

namespace chipfit {
namespace {

enum class Presence { required, optional };

template <class P>
struct NumberColumn {
  std::string_view name;
  std::int64_t P::*member;
  Presence presence;
};

constexpr std::array kGemmNumbers{
    NumberColumn<GemmProblem>{"m", &GemmProblem::m, Presence::required},
    NumberColumn<GemmProblem>{"n", &GemmProblem::n, Presence::required},
    NumberColumn<GemmProblem>{"k", &GemmProblem::k, Presence::required},
    NumberColumn<GemmProblem>{"batch", &GemmProblem::batch, Presence::optional},
};
constexpr std::array<std::string_view, 2> kGemmWords{"trans_a", "trans_b"};

constexpr std::array kConvNumbers{
    NumberColumn<ConvProblem>{"conv_n", &ConvProblem::n, Presence::required},
    NumberColumn<ConvProblem>{"conv_c", &ConvProblem::c, Presence::required},
    NumberColumn<ConvProblem>{"conv_h", &ConvProblem::h, Presence::required},
    NumberColumn<ConvProblem>{"conv_w", &ConvProblem::w, Presence::required},
    NumberColumn<ConvProblem>{"conv_k", &ConvProblem::k, Presence::required},
    NumberColumn<ConvProblem>{"conv_r", &ConvProblem::r, Presence::required},
    NumberColumn<ConvProblem>{"conv_s", &ConvProblem::s, Presence::required},
    NumberColumn<ConvProblem>{"pad_h", &ConvProblem::pad_h, Presence::optional},
    NumberColumn<ConvProblem>{"pad_w", &ConvProblem::pad_w, Presence::optional},
    NumberColumn<ConvProblem>{"stride_h", &ConvProblem::stride_h, Presence::optional},
    NumberColumn<ConvProblem>{"stride_w", &ConvProblem::stride_w, Presence::optional},
    NumberColumn<ConvProblem>{"dil_h", &ConvProblem::dil_h, Presence::optional},
    NumberColumn<ConvProblem>{"dil_w", &ConvProblem::dil_w, Presence::optional},
    NumberColumn<ConvProblem>{"groups", &ConvProblem::groups, Presence::optional},
};
constexpr std::array<std::string_view, 2> kConvWords{"directions", "layout"};

std::vector<std::string> column_names() {
  std::vector<std::string> names{"op", "dtypes", "directions", "layout"};
  for (const auto& column : kGemmNumbers) names.emplace_back(column.name);
  for (const std::string_view word : kGemmWords) names.emplace_back(word);
  for (const auto& column : kConvNumbers) names.emplace_back(column.name);
  for (const std::string_view name : {"math", "count", "application", "source"}) names.emplace_back(name);
  return names;
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t"), last = text.find_last_not_of(" \t");
  return first == std::string_view::npos ? std::string_view{} : text.substr(first, last - first + 1);
}

// Reads the cells of one row and collects their faults.
class Cells {
 public:
  Cells(const CellText& text, std::vector<CellFault>& faults) : text_(text), faults_(faults) {}

  std::string_view text(std::string_view column) const { return text_(column); }
  bool sound() const { return faults_.empty(); }

  void fault(std::string_view column, std::string what, std::string hint) {
    faults_.push_back({std::string(column), std::move(what), std::move(hint)});
  }

  void number(std::string_view column, Presence presence, std::int64_t& target) {
    const std::string_view cell = text(column);
    if (cell.empty()) {
      if (presence == Presence::required) fault(column, fmt::format("{} is missing", column), "write a whole number");
      return;
    }
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), target);
    if (error == std::errc::result_out_of_range) {
      fault(column, fmt::format("{} does not fit 64 bits", column), "numbers go up to 9223372036854775807");
    } else if (error != std::errc{} || end != cell.data() + cell.size()) {
      fault(column, fmt::format("'{}' is not a whole number", cell.substr(0, 32)), "write decimal digits only");
    }
  }

  void transpose(std::string_view column, Transpose& target) {
    const std::string_view cell = text(column);
    if (cell.empty() || cell == "N") return;
    if (cell == "T") {
      target = Transpose::yes;
    } else {
      fault(column, fmt::format("'{}' is neither N nor T", cell.substr(0, 32)), "N: as it is, T: transposed");
    }
  }

  // A ';' list of distinct values; the default where the cell is empty.
  template <class T>
  std::vector<T> list(std::string_view column, T standard, Result<T> (*parse)(std::string_view)) {
    const std::string_view cell = text(column);
    if (cell.empty()) return {standard};
    std::vector<T> values;
    for (std::size_t at = 0; at <= cell.size();) {
      const std::size_t end = std::min(cell.find(';', at), cell.size());
      const std::string_view word = trim(cell.substr(at, end - at));
      at = end + 1;
      const auto value = parse(word);
      if (!value) {
        fault(column, value.error().what, value.error().hint);
      } else if (std::find(values.begin(), values.end(), *value) != values.end()) {
        fault(column, fmt::format("{} stands twice in the list", word), "name each once");
      } else {
        values.push_back(*value);
      }
    }
    return values;
  }

  // Cells that belong to the other operation must be empty: a shape in the wrong columns is not silently dropped.
  template <class Numbers, class Words>
  void must_be_empty(const Numbers& numbers, const Words& words, std::string_view other_op) {
    const auto check = [&](std::string_view column) {
      if (!text(column).empty()) {
        fault(column, fmt::format("{} belongs to {} rows", column, other_op), "leave the cell empty");
      }
    };
    for (const auto& number : numbers) check(number.name);
    for (const std::string_view word : words) check(word);
  }

 private:
  const CellText& text_;
  std::vector<CellFault>& faults_;
};

template <class T>
std::vector<T> overridden(std::vector<T> own, const std::vector<T>& overrides) {
  if (overrides.empty()) return own;
  std::vector<T> distinct;
  for (const T& value : overrides) {
    if (std::find(distinct.begin(), distinct.end(), value) == distinct.end()) distinct.push_back(value);
  }
  return distinct;
}

// What all problems of a row have in common.
struct Row {
  std::vector<DtypeCombo> dtypes;
  std::vector<Math> maths;
  SuiteCase prototype;  // without the problem
};

template <class P>
void add_case(const Row& row, P problem, const DtypeCombo& dtypes, ExpandedRow& out) {
  problem.dtypes = dtypes;
  const auto add = [&](Math math) {
    problem.math = math;
    if (auto fault = find_fault(problem)) {
      CellFault cell{std::string(fault->field), std::move(fault->what), std::move(fault->hint)};
      const auto same = [&](const CellFault& other) { return other.column == cell.column && other.what == cell.what; };
      if (std::none_of(out.faults.begin(), out.faults.end(), same)) out.faults.push_back(std::move(cell));
      return;
    }
    out.cases.push_back(row.prototype);
    out.cases.back().problem = problem;
  };
  if (dtypes.a != Dtype::f32) return add(Math::strict);
  for (const Math math : row.maths) add(math);
}

void expand_gemm(Cells& cells, const Row& row, ExpandedRow& out) {
  GemmProblem problem;
  for (const auto& column : kGemmNumbers) cells.number(column.name, column.presence, problem.*column.member);
  cells.transpose("trans_a", problem.trans_a);
  cells.transpose("trans_b", problem.trans_b);
  cells.must_be_empty(kConvNumbers, kConvWords, "conv");
  if (!cells.sound()) return;
  for (const DtypeCombo& dtypes : row.dtypes) add_case(row, problem, dtypes, out);
}

void expand_conv(Cells& cells, const Row& row, const SuiteOverrides& overrides, ExpandedRow& out) {
  ConvProblem problem;
  for (const auto& column : kConvNumbers) cells.number(column.name, column.presence, problem.*column.member);
  const auto directions =
      overridden(cells.list("directions", ConvDirection::fwd, parse_direction), overrides.directions);
  const auto layouts = overridden(cells.list("layout", Layout::nhwc, parse_layout), overrides.layouts);
  cells.must_be_empty(kGemmNumbers, kGemmWords, "gemm");
  if (!cells.sound()) return;
  for (const DtypeCombo& dtypes : row.dtypes) {
    for (const ConvDirection direction : directions) {
      for (const Layout layout : layouts) {
        problem.direction = direction;
        problem.layout = layout;
        add_case(row, problem, dtypes, out);
      }
    }
  }
}

}  // namespace

std::span<const std::string> suite_columns() {
  static const std::vector<std::string> names = column_names();
  return names;
}

ExpandedRow expand_row(const CellText& text, const SuiteOverrides& overrides) {
  ExpandedRow out;
  Cells cells(text, out.faults);

  Row row;
  const DtypeCombo f32{Dtype::f32, Dtype::f32, Dtype::f32, Dtype::f32};
  row.dtypes = cells.list("dtypes", f32, parse_combo);
  row.maths = cells.list("math", Math::strict, parse_math);
  const bool has_f32 =
      std::any_of(row.dtypes.begin(), row.dtypes.end(), [](auto& each) { return each.a == Dtype::f32; });
  const bool is_strict = row.maths == std::vector{Math::strict};
  if (cells.sound() && !is_strict && !has_f32) {
    cells.fault("math", "math modes other than strict apply to f32, which is not among the dtypes",
                "leave math empty, or add f32 to dtypes");
  }
  row.dtypes = overridden(std::move(row.dtypes), overrides.dtypes);
  row.maths = overridden(std::move(row.maths), overrides.maths);
  row.prototype.application = text("application");
  row.prototype.source = text("source");
  cells.number("count", Presence::optional, row.prototype.count);
  if (row.prototype.count < 1) {
    cells.fault("count", fmt::format("count must be at least 1, not {}", row.prototype.count),
                "leave out a layer that does not occur");
  }

  const std::string_view op = text("op");
  if (op == "gemm") {
    expand_gemm(cells, row, out);
  } else if (op == "conv") {
    expand_conv(cells, row, overrides, out);
  } else {
    std::string hint = did_you_mean(op, std::array<std::string, 2>{"gemm", "conv"});
    if (hint.empty()) hint = "op is gemm or conv";
    cells.fault("op", fmt::format("'{}' is not an operation", op.substr(0, 32)), std::move(hint));
  }
  return out;
}

}  // namespace chipfit
