// DeepBench's published tables as tidy CSV: one row per GEMM, one per convolution with its three directions.
#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "harness/foreign/collect.hpp"
#include "kernels/base/csv.hpp"
#include "kernels/base/parse_number.hpp"

namespace chipfit::foreign {
namespace {

class Table {
 public:
  Table(const std::string& name, std::string_view text) : reader_(name, text) {}

  Result<bool> next() {
    auto more = reader_.next(record_);
    if (!more || !*more || !names_.empty()) {
      if (more && *more && record_.fields.size() != names_.size())
        return fail(Error::Kind::bad_data,
                    fmt::format("{} fields, but the header has {}", record_.fields.size(), names_.size()),
                    reader_.where(record_, 0));
      return more;
    }
    names_ = record_.fields;
    return next();
  }
  bool has(std::string_view column) const { return at(column) < names_.size(); }
  const std::string& text(std::string_view column) const {
    static const std::string none;
    const auto i = at(column);
    return i < record_.fields.size() ? record_.fields[i] : none;
  }
  Result<std::int64_t> whole(std::string_view column) const { return number<std::int64_t>(column, "a whole number"); }
  Result<double> real(std::string_view column) const { return number<double>(column, "a number"); }
  std::string where(std::string_view column) const { return reader_.where(record_, at(column)); }
  std::size_t line() const { return record_.line; }

 private:
  std::size_t at(std::string_view column) const {
    std::size_t i = 0;
    while (i < names_.size() && names_[i] != column) ++i;
    return i;
  }
  template <class T>
  Result<T> number(std::string_view column, std::string_view wanted) const {
    const std::string& cell = text(column);
    if (const auto value = parse_number<T>(cell)) return *value;
    return fail(Error::Kind::bad_data, fmt::format("'{}' is not {} ({})", cell, wanted, column), where(column));
  }

  csv::Reader reader_;
  csv::Record record_;
  std::vector<std::string> names_;
};

struct Import {
  const std::string& name;
  Table table;
  Collector out;

  std::string here(std::string_view what) const { return fmt::format("{}:{}: {}", name, table.line(), what); }

  Measured measured(Problem problem, double time_s) const {
    Measured m{std::move(problem), time_s, table.text("vendor"), table.text("chip"), "deepbench", "", "deepbench", ""};
    m.reason = "DeepBench " + table.text("source_file");
    return m;
  }

  Result<void> gemm() {
    GemmProblem p;
    const auto types = parse_dtype(table.text("dtype_in"));
    if (!types) return bad("dtype_in", types.error().what);
    const auto combo = default_combo(*types);
    if (!combo) return bad("dtype_in", combo.error().what);
    p.dtypes = *combo;
    // Column-major to row-major: M and N change places, and so do the transposes.
    for (const auto& [column, target] : {std::pair{"m", &p.n}, {"n", &p.m}, {"k", &p.k}}) {
      const auto value = table.whole(column);
      if (!value) return pass_on(value.error());
      *target = *value;
    }
    p.trans_a = table.text("trans_b") == "T" ? Transpose::yes : Transpose::no;
    p.trans_b = table.text("trans_a") == "T" ? Transpose::yes : Transpose::no;
    if (const auto sound = validate(p); !sound) return bad("m", sound.error().what);
    const auto ms = table.real("time_ms");
    if (!ms) return pass_on(ms.error());
    if (!(*ms > 0)) return bad("time_ms", "a time must be above 0");
    out.add(measured(p, *ms * 1e-3));
    if (const auto published = table.real("tflops_as_published")) {
      const double ratio = *published * 1e12 / (static_cast<double>(flop(p)) / (*ms * 1e-3));
      if (ratio > 100) out.note(here(fmt::format("published as {} TFLOPS, which is GFLOPS", *published)));
    }
    return {};
  }

  Result<void> conv() {
    ConvProblem p;
    const auto type = parse_dtype(table.text("dtype_in"));
    if (!type) return bad("dtype_in", type.error().what);
    const auto combo = default_combo(*type);
    if (!combo) return bad("dtype_in", combo.error().what);
    p.dtypes = *combo;
    p.layout = Layout::nchw;  // cuDNN's and MIOpen's default, which DeepBench's code leaves as it is
    for (const auto& [column, target] : {std::pair{"n", &p.n},
                                         {"c", &p.c},
                                         {"h", &p.h},
                                         {"w", &p.w},
                                         {"k", &p.k},
                                         {"r", &p.r},
                                         {"s", &p.s},
                                         {"pad_h", &p.pad_h},
                                         {"pad_w", &p.pad_w},
                                         {"stride_h", &p.stride_h},
                                         {"stride_w", &p.stride_w}}) {
      const auto value = table.whole(column);
      if (!value) return pass_on(value.error());
      *target = *value;
    }
    for (const auto& [column, direction] : {std::pair{"fwd_ms", ConvDirection::fwd},
                                            {"bwd_data_ms", ConvDirection::bwd_data},
                                            {"bwd_weights_ms", ConvDirection::bwd_weights}}) {
      if (table.text(column).empty()) continue;
      if (table.text(column).starts_with("N/A")) {
        out.note(here(fmt::format("no time was published ({}: {})", column, table.text(column))));
        continue;
      }
      const auto ms = table.real(column);
      if (!ms) return pass_on(ms.error());
      if (!(*ms > 0)) return bad(column, "a time must be above 0");
      p.direction = direction;
      if (const auto sound = validate(p); !sound) return bad("n", sound.error().what);
      Measured m = measured(p, *ms * 1e-3);
      if (direction == ConvDirection::fwd) m.algorithm = table.text("fwd_algorithm");
      out.add(m);
    }
    const auto published_p = table.real("p_as_published"), published_q = table.real("q_as_published");
    if (!published_p || !published_q) return {};
    const auto is = [](double x, std::int64_t y) { return x == static_cast<double>(y); };
    if (is(*published_p, p.p()) && is(*published_q, p.q())) return {};
    const bool swapped = is(*published_p, p.q()) && is(*published_q, p.p());
    out.note(here(fmt::format("published with P {} and Q {}, the shape gives {} and {} ({})", *published_p,
                              *published_q, p.p(), p.q(), swapped ? "exchanged" : "not whole numbers")));
    return {};
  }

  tl::unexpected<Error> bad(std::string_view column, std::string what) const {
    return fail(Error::Kind::bad_data, std::move(what), table.where(column));
  }
};

}  // namespace

Result<Imported> import_deepbench(const std::string& name, std::string_view text, const Facts& facts) {
  Import reading{name, Table(name, text), Collector(facts)};
  while (true) {
    const auto more = reading.table.next();
    if (!more) return pass_on(more.error());
    if (!*more) return reading.out.finish(name);
    const bool is_conv = reading.table.has("fwd_ms");
    if (!is_conv && !reading.table.has("time_ms"))
      return fail(Error::Kind::bad_data, "the header has no column 'time_ms' or 'fwd_ms'", name + ":1:1",
                  "DeepBench's tables as tidy CSV: vendor,chip,dtype_in,…,m,n,k,trans_a,trans_b,time_ms");
    if (auto read = is_conv ? reading.conv() : reading.gemm(); !read) return pass_on(read.error());
  }
}

}  // namespace chipfit::foreign
