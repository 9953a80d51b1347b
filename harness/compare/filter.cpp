#include "harness/compare/filter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "kernels/base/parse_number.hpp"

namespace chipfit::compare {

struct Filter::Node {
  enum class Kind { all, any, negation, text, number };
  enum class Relation { below, at_most, above, at_least };
  Kind kind = Kind::all;
  std::vector<Node> parts = {};  // of all, any, negation
  Key key = {};
  std::vector<std::string> values = {};  // of text: one of them
  Relation relation = Relation::below;
  double number = 0;
};

namespace {

using Node = Filter::Node;

// Deeper nesting is no question a person asks; it only costs stack.
constexpr int deepest = 64;

tl::unexpected<Error> wrong(std::size_t at, std::string what, std::string hint = {}) {
  if (hint.empty()) hint = "chip:V100 AND op:gemm -dtype_a:f16 m>=1024; values may hold * and stand in quotes";
  return fail(Error::Kind::usage, "--filter: " + std::move(what), fmt::format("column {}", at + 1), std::move(hint));
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Node> whole() {
    auto node = any(0);
    if (!node) return node;
    skip_spaces();
    if (at_ < text_.size()) return wrong(at_, fmt::format("'{}' is not expected here", text_[at_]));
    return node;
  }

 private:
  void skip_spaces() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }
  bool is_end_of_word(std::size_t at) const {
    return at >= text_.size() || text_[at] == ' ' || text_[at] == '\t' || text_[at] == '(' || text_[at] == ')';
  }
  bool take_word(std::string_view word) {
    skip_spaces();
    if (!text_.substr(at_).starts_with(word) || !is_end_of_word(at_ + word.size())) return false;
    at_ += word.size();
    return true;
  }
  bool take(char c) {
    skip_spaces();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  /// Is there another factor before the group ends or an OR stands?
  bool more_factors() {
    skip_spaces();
    if (at_ >= text_.size() || text_[at_] == ')') return false;
    return !(text_.substr(at_).starts_with("OR") && is_end_of_word(at_ + 2));
  }

  Result<Node> any(int depth) {
    Node node{.kind = Node::Kind::any};
    do {
      auto part = all(depth);
      if (!part) return part;
      node.parts.push_back(std::move(*part));
    } while (take_word("OR"));
    return node;
  }

  Result<Node> all(int depth) {
    Node node{.kind = Node::Kind::all};
    do {
      auto part = factor(depth);
      if (!part) return part;
      node.parts.push_back(std::move(*part));
      if (take_word("AND")) continue;
      if (!more_factors()) return node;
    } while (true);
  }

  Result<Node> factor(int depth) {
    skip_spaces();
    if (depth > deepest) return wrong(at_, "nested too deeply");
    if (take('-') || take_word("NOT")) {
      auto inner = factor(depth + 1);
      if (!inner) return inner;
      Node node{.kind = Node::Kind::negation};
      node.parts.push_back(std::move(*inner));
      return node;
    }
    if (take('(')) {
      auto inner = any(depth + 1);
      if (!inner) return inner;
      if (!take(')')) return wrong(at_, "a ')' is missing");
      return inner;
    }
    if (take_word("*")) return Node{.kind = Node::Kind::all};
    return match();
  }

  Result<Node> match() {
    const std::size_t from = at_;
    const auto is_key = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    while (at_ < text_.size() && is_key(text_[at_])) ++at_;
    if (at_ == from) return wrong(from, from < text_.size() ? "a column's name was expected" : "something is missing");
    const auto key = parse_key(text_.substr(from, at_ - from));
    if (!key) return wrong(from, key.error().what, key.error().hint);
    Node node{.kind = Node::Kind::text, .key = *key};
    const std::string_view rest = text_.substr(at_);
    const auto operation = [&](std::string_view op) {
      if (!rest.starts_with(op)) return false;
      at_ += op.size();
      return true;
    };
    if (operation(":") || operation("=")) return values(std::move(node));
    if (operation("!=")) {
      auto inner = values(std::move(node));
      if (!inner) return inner;
      Node negation{.kind = Node::Kind::negation};
      negation.parts.push_back(std::move(*inner));
      return negation;
    }
    using enum Node::Relation;
    if (operation("<="))
      node.relation = at_most;
    else if (operation(">="))
      node.relation = at_least;
    else if (operation("<"))
      node.relation = below;
    else if (operation(">"))
      node.relation = above;
    else
      return wrong(at_, fmt::format("':' or a comparison was expected after '{}'", name(*key)));
    return number(std::move(node));
  }

  Result<Node> number(Node node) {
    const std::size_t from = at_;
    const auto text = value();
    if (!text) return pass_on(text.error());
    node.kind = Node::Kind::number;
    const auto value = parse_number<double>(*text);
    if (!value || *value != *value) return wrong(from, fmt::format("'{}' is no number", *text));
    node.number = *value;
    return node;
  }

  Result<Node> values(Node node) {
    const bool several = take('(');
    do {
      auto text = value();
      if (!text) return pass_on(text.error());
      node.values.push_back(std::move(*text));
    } while (several && take_word("OR"));
    if (several && !take(')')) return wrong(at_, "a ')' is missing");
    return node;
  }

  Result<std::string> value() {
    skip_spaces();
    const std::size_t from = at_;
    if (take('"')) {
      const std::size_t end = text_.find('"', at_);
      if (end == std::string_view::npos) return wrong(from, "this quote is never closed");
      std::string inside(text_.substr(at_, end - at_));
      at_ = end + 1;
      return inside;
    }
    while (!is_end_of_word(at_)) ++at_;
    if (at_ == from) return wrong(from, "a value is missing");
    return std::string(text_.substr(from, at_ - from));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool holds(const Node& node, const Filter::Lookup& lookup) {
  switch (node.kind) {
    case Node::Kind::all:
      return std::ranges::all_of(node.parts, [&](const Node& part) { return holds(part, lookup); });
    case Node::Kind::any:
      return std::ranges::any_of(node.parts, [&](const Node& part) { return holds(part, lookup); });
    case Node::Kind::negation:
      return !holds(node.parts[0], lookup);
    case Node::Kind::text: {
      const std::string_view text = lookup(node.key);
      return std::ranges::any_of(node.values, [&](const std::string& pattern) { return matches(pattern, text); });
    }
    case Node::Kind::number:
      break;
  }
  const std::string_view text = lookup(node.key);
  const auto x = parse_number<double>(text);
  if (!x) return false;
  switch (node.relation) {
    case Node::Relation::below:
      return *x < node.number;
    case Node::Relation::at_most:
      return *x <= node.number;
    case Node::Relation::above:
      return *x > node.number;
    case Node::Relation::at_least:
      return *x >= node.number;
  }
  return false;
}

}  // namespace

Result<Filter> Filter::parse(std::string_view text) {
  auto node = Parser(text).whole();
  if (!node) return pass_on(node.error());
  Filter filter;
  filter.root_ = std::make_shared<const Node>(std::move(*node));
  return filter;
}

bool Filter::passes(const Lookup& lookup) const {
  return !root_ || holds(*root_, lookup);
}

}  // namespace chipfit::compare
