#pragma once
#include <string>

#include "harness/report/comparison.hpp"
#include "harness/report/criteria.hpp"
#include "harness/report/html.hpp"
#include "harness/report/lab.hpp"
#include "harness/report/model.hpp"

namespace chipfit::report {

/// What every section speaks of.
struct Context {
  const Model& model;
  const Judgement& judgement;
  const std::vector<Comparison>& comparisons;  ///< of the first subject with each other
  const Lab& lab;
  std::string number;  ///< of the report
};

// One function per section of a report; each writes its body, the page puts it under its heading.
void write_cover(Writer&, const Context&);        // 0
void write_summary(Writer&, const Context&);      // 1
void write_item(Writer&, const Context&);         // 2
void write_method(Writer&, const Context&);       // 3
void write_adaptation(Writer&, const Context&);   // 4
void write_accuracy(Writer&, const Context&);     // 5
void write_performance(Writer&, const Context&);  // 6
void write_stability(Writer&, const Context&);    // 7
void write_energy(Writer&, const Context&);       // 8
void write_comparison(Writer&, const Context&);   // 9
void write_fleet(Writer&, const Context&);        // 10
void write_appendix(Writer&, const Context&);     // 11

/// How many rows stand in the static table of the appendix; the page's own table has all.
constexpr std::size_t static_rows = 2000;

/// The rows of a subject by their types, widest first.
std::vector<std::pair<std::string, Rows>> by_types(const Model&, const Rows&);
/// A verdict in its colour.
std::string verdict_html(const std::string& verdict);
/// A link to a row in the appendix: "#12".
std::string row_link(RowIndex);
/// The cell as HTML, or a dash where it is empty.
std::string cell_html(const Model&, RowIndex, results::Column);
/// A line of a table that says which subject it is about; empty where there is only one.
bool several_subjects(const Model&);

}  // namespace chipfit::report
