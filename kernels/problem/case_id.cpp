#include "kernels/problem/case_id.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include "kernels/base/did_you_mean.hpp"
#include "kernels/problem/fault.hpp"

namespace chipfit {
namespace {

constexpr std::array<std::string_view, 4> kTransposes{"NN", "NT", "TN", "TT"};
const std::array<std::string, 4> kOps{"gemm", "conv_fwd", "conv_bwd_data", "conv_bwd_weights"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// The text between two colons.
struct Part {
  std::string_view text;
  std::size_t column = 1;
};

std::vector<Part> split(std::string_view id) {
  std::vector<Part> parts;
  std::size_t at = 0;
  while (true) {
    const std::size_t colon = id.find(':', at);
    parts.push_back({id.substr(at, colon - at), at + 1});
    if (colon == std::string_view::npos) return parts;
    at = colon + 1;
  }
}

// A fault with what was expected; `text` may be anything, so only its beginning is quoted.
Error fault_at(std::size_t column, std::string_view text, std::string_view expected, std::string hint = {}) {
  const std::string_view shown = text.substr(0, 32);
  std::string found = text.empty() ? "nothing" : fmt::format("'{}{}'", shown, shown.size() < text.size() ? "…" : "");
  return {Error::Kind::usage, fmt::format("expected {}, found {}", expected, found), fmt::format("column {}", column),
          std::move(hint)};
}

// Reads "n32c64h56w56" for the letters "nchw", "512x512x512" for the letters " xx" (a space: no letter).
struct Numbers {
  std::string_view letters;
  std::string_view expected;
};

std::optional<Error> read_numbers(const Part& part, const Numbers& format,
                                  std::initializer_list<std::int64_t*> targets) {
  std::size_t at = 0, index = 0;
  const auto fault = [&](std::string hint = {}) {
    return fault_at(part.column + at, part.text.substr(at), format.expected, std::move(hint));
  };
  for (std::int64_t* target : targets) {
    const char letter = format.letters[index++];
    if (letter != ' ') {
      if (at == part.text.size() || part.text[at] != letter) return fault();
      ++at;
    }
    if (at == part.text.size() || !is_digit(part.text[at])) return fault();
    const char* const begin = part.text.data() + at;
    const auto [end, error] = std::from_chars(begin, part.text.data() + part.text.size(), *target);
    if (error != std::errc{}) return fault("the number does not fit 64 bits");
    at += static_cast<std::size_t>(end - begin);
  }
  if (at != part.text.size()) return fault();
  return std::nullopt;
}

// Walks over the parts of an id; keeps the first fault.
class Parser {
 public:
  explicit Parser(std::string_view id) : parts_(split(id)), end_{std::string_view{}, id.size() + 1} {}

  Result<Problem> run() {
    const Part op = take();
    const auto known = std::find(kOps.begin(), kOps.end(), op.text);
    if (known == kOps.end()) {
      std::string hint = did_you_mean(op.text, kOps);
      if (hint.empty()) hint = "an id looks like gemm:f32:NN:512x512x512 or conv_fwd:f32:nhwc:n8c64h56w56:k64r3s3:p1x1";
      return pass_on(
          fault_at(op.column, op.text, "gemm, conv_fwd, conv_bwd_data or conv_bwd_weights", std::move(hint)));
    }
    Problem problem;
    if (op.text == "gemm") {
      problem = gemm();
    } else {
      constexpr std::array directions{ConvDirection::fwd, ConvDirection::bwd_data, ConvDirection::bwd_weights};
      problem = conv(directions[static_cast<std::size_t>(known - kOps.begin()) - 1]);
    }
    if (error_) return pass_on(*std::move(error_));
    if (auto fault = find_fault(problem)) {
      return fail(Error::Kind::usage, std::move(fault->what), fmt::format("column {}", column_of(fault->field)),
                  std::move(fault->hint));
    }
    return problem;
  }

 private:
  std::vector<Part> parts_;
  Part end_;
  std::size_t next_ = 0;
  std::optional<Error> error_;
  std::vector<std::pair<std::string_view, std::size_t>> columns_;  // where each field of the problem stood

  Part peek() const { return next_ < parts_.size() ? parts_[next_] : end_; }
  Part take() { return next_ < parts_.size() ? parts_[next_++] : end_; }

  std::size_t column_of(std::string_view field) const {
    const auto entry = std::find_if(columns_.begin(), columns_.end(), [&](const auto& e) { return e.first == field; });
    return entry == columns_.end() ? 1 : entry->second;
  }
  void remember(const Part& part, std::initializer_list<std::string_view> fields) {
    for (const std::string_view field : fields) columns_.emplace_back(field, part.column);
  }
  void set_error(std::optional<Error> error) {
    if (!error_) error_ = std::move(error);
  }

  void numbers(const Numbers& format, std::initializer_list<std::string_view> fields,
               std::initializer_list<std::int64_t*> targets) {
    if (error_) return;
    const Part part = take();
    remember(part, fields);
    set_error(read_numbers(part, format, targets));
  }

  // Does the next part begin with this letter and a digit? "s1x1" does, the math mode "strict" does not.
  bool next_is(char letter) const {
    const std::string_view text = peek().text;
    return text.size() > 1 && text[0] == letter && is_digit(text[1]);
  }

  void dtypes(DtypeCombo& combo) {
    const Part part = take();
    remember(part, {"dtypes"});
    auto parsed = parse_combo(part.text);
    if (parsed) {
      combo = *parsed;
    } else {
      Error reason = std::move(parsed).error();
      if (part.text.empty()) reason = fault_at(part.column, part.text, "element types", std::move(reason.hint));
      reason.where = fmt::format("column {}", part.column);
      set_error(std::move(reason));
    }
  }

  void math_and_accumulate(Math& math, Accumulate& accumulate, std::string_view expected) {
    if (error_) return;
    if (next_ < parts_.size() && peek().text != "acc") {
      const Part part = take();
      remember(part, {"math"});
      const auto parsed = parse_math(part.text);
      if (!parsed) return set_error(fault_at(part.column, part.text, expected, parsed.error().hint));
      math = *parsed;
    }
    if (next_ < parts_.size()) {
      const Part part = take();
      if (part.text != "acc") return set_error(fault_at(part.column, part.text, "acc or the end"));
      accumulate = Accumulate::add;
    }
    if (next_ < parts_.size()) set_error(fault_at(peek().column, peek().text, "the end"));
  }

  GemmProblem gemm() {
    GemmProblem g;
    dtypes(g.dtypes);
    const Part transposes = take();
    const auto known = std::find(kTransposes.begin(), kTransposes.end(), transposes.text);
    if (known == kTransposes.end()) {
      set_error(fault_at(transposes.column, transposes.text, "NN, NT, TN or TT"));
      return g;
    }
    g.trans_a = transposes.text[0] == 'T' ? Transpose::yes : Transpose::no;
    g.trans_b = transposes.text[1] == 'T' ? Transpose::yes : Transpose::no;
    numbers({" xx", "<M>x<N>x<K>"}, {"m", "n", "k"}, {&g.m, &g.n, &g.k});
    if (next_is('b')) numbers({"b", "b<batch>"}, {"batch"}, {&g.batch});
    math_and_accumulate(g.math, g.accumulate, "b<batch>, a math mode, acc or the end, in this order");
    return g;
  }

  ConvProblem conv(ConvDirection direction) {
    ConvProblem c;
    c.direction = direction;
    dtypes(c.dtypes);
    const Part layout = take();
    const auto parsed = parse_layout(layout.text);
    if (!parsed) {
      set_error(fault_at(layout.column, layout.text, "nchw or nhwc", parsed.error().hint));
      return c;
    }
    c.layout = *parsed;
    numbers({"nchw", "n<N>c<C>h<H>w<W>"}, {"conv_n", "conv_c", "conv_h", "conv_w"}, {&c.n, &c.c, &c.h, &c.w});
    numbers({"krs", "k<K>r<R>s<S>"}, {"conv_k", "conv_r", "conv_s"}, {&c.k, &c.r, &c.s});
    if (next_is('p')) numbers({"px", "p<rows>x<columns>"}, {"pad_h", "pad_w"}, {&c.pad_h, &c.pad_w});
    if (next_is('s')) numbers({"sx", "s<rows>x<columns>"}, {"stride_h", "stride_w"}, {&c.stride_h, &c.stride_w});
    if (next_is('d')) numbers({"dx", "d<rows>x<columns>"}, {"dil_h", "dil_w"}, {&c.dil_h, &c.dil_w});
    if (next_is('g')) numbers({"g", "g<groups>"}, {"groups"}, {&c.groups});
    math_and_accumulate(c.math, c.accumulate,
                        "p<rows>x<columns>, s…x…, d…x…, g<groups>, a math mode, acc or the end, in this order");
    return c;
  }
};

std::string tail(Math math, Accumulate accumulate) {
  std::string out;
  if (math != Math::strict) out += fmt::format(":{}", name(math));
  if (accumulate == Accumulate::add) out += ":acc";
  return out;
}

std::string id_of(const GemmProblem& g) {
  const auto letter = [](Transpose t) { return t == Transpose::yes ? 'T' : 'N'; };
  std::string id =
      fmt::format("gemm:{}:{}{}:{}x{}x{}", to_string(g.dtypes), letter(g.trans_a), letter(g.trans_b), g.m, g.n, g.k);
  if (g.batch != 1) id += fmt::format(":b{}", g.batch);
  return id + tail(g.math, g.accumulate);
}

std::string id_of(const ConvProblem& c) {
  std::string id = fmt::format("conv_{}:{}:{}:n{}c{}h{}w{}:k{}r{}s{}", name(c.direction), to_string(c.dtypes),
                               name(c.layout), c.n, c.c, c.h, c.w, c.k, c.r, c.s);
  const auto pair = [&](char letter, std::int64_t rows, std::int64_t columns, std::int64_t standard) {
    if (rows != standard || columns != standard) id += fmt::format(":{}{}x{}", letter, rows, columns);
  };
  pair('p', c.pad_h, c.pad_w, 0);
  pair('s', c.stride_h, c.stride_w, 1);
  pair('d', c.dil_h, c.dil_w, 1);
  if (c.groups != 1) id += fmt::format(":g{}", c.groups);
  return id + tail(c.math, c.accumulate);
}

}  // namespace

std::string case_id(const Problem& problem) {
  return std::visit([](const auto& each) { return id_of(each); }, problem);
}

Result<Problem> parse_case_id(std::string_view id) {
  return Parser(id).run();
}

}  // namespace chipfit
