#include "harness/cli/table.hpp"

#include <algorithm>
#include <numeric>

#include "harness/cli/text.hpp"

namespace chipfit::cli {
namespace {

constexpr std::size_t gap = 2;

/// Which columns are shown, and how wide.
struct Layout {
  std::vector<std::size_t> shown, widths;
  std::size_t total() const {
    const auto sum = std::accumulate(widths.begin(), widths.end(), std::size_t{0});
    return sum + (shown.empty() ? 0 : (shown.size() - 1) * gap);
  }
};

Layout natural(const Table& table) {
  Layout layout;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    auto width = display_width(table.columns[i].title);
    for (const auto& line : table.lines) {
      if (i < line.cells.size()) width = std::max(width, display_width(line.cells[i].text));
    }
    layout.shown.push_back(i);
    layout.widths.push_back(width);
  }
  return layout;
}

/// Shortens the flexible column; true when everything fits.
bool fit_by_shortening(const Table& table, Layout& layout, std::size_t width) {
  if (layout.total() <= width) return true;
  const auto excess = layout.total() - width;
  for (std::size_t i = 0; i < layout.shown.size(); ++i) {
    const auto shortest = table.columns[layout.shown[i]].shortest;
    if (shortest == 0 || layout.widths[i] < excess + shortest) continue;
    layout.widths[i] -= excess;
    return true;
  }
  return false;
}

bool leave_one_out(const Table& table, Layout& layout) {
  std::size_t chosen = layout.shown.size();
  for (std::size_t i = 0; i < layout.shown.size(); ++i) {
    const auto order = table.columns[layout.shown[i]].leave_out;
    if (order == 0) continue;
    if (chosen == layout.shown.size() || order < table.columns[layout.shown[chosen]].leave_out) chosen = i;
  }
  if (chosen == layout.shown.size()) return false;
  layout.shown.erase(layout.shown.begin() + static_cast<std::ptrdiff_t>(chosen));
  layout.widths.erase(layout.widths.begin() + static_cast<std::ptrdiff_t>(chosen));
  return true;
}

Layout fitted(const Table& table, std::optional<std::size_t> width) {
  auto layout = natural(table);
  if (!width) return layout;
  while (!fit_by_shortening(table, layout, *width)) {
    if (leave_one_out(table, layout)) continue;
    // Nothing is left to leave out: the lines are cut at the end, below.
    for (std::size_t i = 0; i < layout.shown.size(); ++i) {
      const auto shortest = table.columns[layout.shown[i]].shortest;
      if (shortest != 0) layout.widths[i] = std::min(layout.widths[i], shortest);
    }
    break;
  }
  return layout;
}

std::string without_trailing_spaces(std::string text) {
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

std::string line_text(const Table& table, const Layout& layout, const std::vector<Table::Cell>& cells,
                      std::optional<std::size_t> width, Colour colour) {
  std::string text;
  std::size_t used = 0;
  for (std::size_t i = 0; i < layout.shown.size(); ++i) {
    const auto& column = table.columns[layout.shown[i]];
    static const Table::Cell empty;
    const auto& cell = layout.shown[i] < cells.size() ? cells[layout.shown[i]] : empty;
    auto room = layout.widths[i];
    if (i != 0) {
      text += std::string(gap, ' ');
      used += gap;
    }
    if (width) room = std::min(room, *width > used ? *width - used : 0);
    const auto shown = column.shortest != 0 ? shorten_middle(cell.text, room) : shorten_end(cell.text, room);
    const std::string filling(room - display_width(shown), ' ');
    // Spaces stay outside the colour, so that trailing ones can be cut.
    text += column.align == Align::left ? painted(shown, cell.tone, colour) + filling
                                        : filling + painted(shown, cell.tone, colour);
    used += room;
  }
  return without_trailing_spaces(text) + "\n";
}

}  // namespace

std::string painted(const std::string& text, Tone tone, Colour colour) {
  if (colour == Colour::off || tone == Tone::plain || text.empty()) return text;
  const char* code = tone == Tone::good ? "32" : tone == Tone::warning ? "33" : tone == Tone::bad ? "31" : "2";
  return std::string("\x1b[") + code + "m" + text + "\x1b[0m";
}

std::string render(const Table& table, std::optional<std::size_t> width, Colour colour) {
  const auto layout = fitted(table, width);
  std::vector<Table::Cell> titles;
  for (const auto& column : table.columns) titles.push_back({column.title, Tone::faint});
  auto text = line_text(table, layout, titles, width, colour);
  for (const auto& line : table.lines) {
    if (line.heading.empty()) {
      text += line_text(table, layout, line.cells, width, colour);
    } else {
      text += (width ? shorten_end(line.heading, *width) : line.heading) + "\n";
    }
  }
  return text;
}

}  // namespace chipfit::cli
