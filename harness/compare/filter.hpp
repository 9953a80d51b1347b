#pragma once
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "harness/compare/keys.hpp"
#include "kernels/base/wildcard.hpp"

namespace chipfit::compare {

/// Which rows take part:  chip:V100 AND (op:gemm OR op:conv) -dtype_a:f16 m>=1024
///
///   filter = and { "OR" and } ; and = factor { [ "AND" ] factor } ; factor = [ "-" | "NOT" ] ( "(" filter ")" | match
///   | "*" ) match  = key ( ":" | "=" | "!=" ) values | key ( "<" | "<=" | ">" | ">=" ) number values = value | "("
///   value { "OR" value } ")" ; value = word | "quoted"
///
/// A value may hold '*', which stands for any text, and is compared without regard to case. A word ends at a space or a
/// parenthesis. An empty cell matches "" only, and no number.
class Filter {
 public:
  /// Value of a key in the row that is asked about.
  using Lookup = std::function<std::string_view(const Key&)>;

  Filter() = default;  ///< lets every row pass
  /// Errors (usage): `where` is the column of the text ("column 7").
  static Result<Filter> parse(std::string_view);
  bool passes(const Lookup&) const;
  bool passes_everything() const { return !root_; }

  struct Node;

 private:
  std::shared_ptr<const Node> root_;
};

using chipfit::matches;

}  // namespace chipfit::compare
