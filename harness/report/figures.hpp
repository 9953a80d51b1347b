#pragma once
#include <string>
#include <vector>

#include "harness/report/model.hpp"

namespace chipfit::report {

/// A number in a report, and where it comes from. `from` can be evaluated by anyone who has the rows:
///   cell:<row>:<column>              the cell
///   share:<row>:<column>:<column>    one cell over another of the same row
///   count:<filter>                   rows that pass the filter
///   distinct:<column>:<filter>       distinct texts of a column among them
///   part:<filter>|<filter>           rows that pass the first over rows that pass the second
///   weighted_share:<filter>, weighted_rate:<filter>     see weighted() in model.hpp
///   geomean:<filter>|<filter>        geometric mean of the ratios of rates over the common, comparable cases, each
///                                    ratio from the medians of the units of comparison (comparison.hpp)
///   common:<filter>|<filter>         the number of those cases
///   geomean_low, geomean_high, ratio_low, ratio_high, q_value, faster, slower, same, undecided:<filter>|<filter>
///                                    what the comparison of the two says: intervals, q-value, cases so called
///   criterion:<name>                 a threshold, stated in the report
/// A filter is a list of column=value joined by '&' (all must hold); several values joined by '|' are written
/// column=a,b; percent-encoded. Columns are those of results.csv, and `subject`, `types`, `op_name`, `model`, `passed`,
/// `attempted`, `steady`, `rated` (1 or 0).
struct Figure {
  std::string text;   ///< for people: "98.7 GFLOP/s"
  std::string value;  ///< the same in base units, shortest form that reads back
  std::string from;
};

/// "a=b&c=d"; texts are percent-encoded.
class Filter {
 public:
  Filter& where(std::string_view column, std::string_view value);
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

Figure cell(const Model&, RowIndex, results::Column);
Figure share(const Model&, RowIndex, results::Column of, results::Column over);
Figure count(std::size_t, const Filter&);
Figure distinct(std::size_t, results::Column, const Filter&);
Figure part(std::size_t of, std::size_t over, const Filter&, const Filter&);
Figure weighted_share(const Weighted&, const Filter&);
Figure weighted_rate(const Weighted&, const Filter&);
Figure times(double ratio, std::string from);
Figure threshold(double, std::string_view criterion);

/// The row that a figure is a cell of; none for figures over many rows.
std::optional<RowIndex> row_of(const Figure&);

}  // namespace chipfit::report
