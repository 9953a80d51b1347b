#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace chipfit::cli {

enum class Tone { plain, good, warning, bad, faint };
enum class Align { left, right };
enum class Colour { off, on };

/// Text in the tone's colour, or as it is.
std::string painted(const std::string& text, Tone, Colour);

/// A table for people. Widths are terminal columns; cells hold printable text.
struct Table {
  struct Column {
    std::string title;
    Align align = Align::left;
    /// The order in which columns are left out where the width is short: 1 first; 0 never.
    int leave_out = 0;
    /// The one column that is shortened in the middle, down to this many columns; 0: never.
    std::size_t shortest = 0;
  };
  struct Cell {
    std::string text;
    Tone tone = Tone::plain;
  };
  /// Cells in the order of the columns, or one heading over all of them.
  struct Line {
    std::vector<Cell> cells;
    std::string heading;
  };
  std::vector<Column> columns;
  std::vector<Line> lines;
};

/// Lines that end in LF, without trailing spaces. `width`: none is longer, columns are left out and shortened until all
/// fit; without a width everything is shown whole.
std::string render(const Table&, std::optional<std::size_t> width, Colour);

}  // namespace chipfit::cli
