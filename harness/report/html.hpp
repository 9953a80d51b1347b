#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/report/figures.hpp"
#include "harness/report/messages.hpp"

namespace chipfit::report {

/// Text as it may stand between tags and in a quoted attribute.
std::string escaped(std::string_view text);

/// A number with its origin; one cell of a row leads to the row: <a href="#r12"><data value=… data-from=…>…</data></a>.
std::string to_html(const Figure&);

/// A text from a file (chip, case id …) inside a sentence, kept apart from the sentence's direction and language.
std::string name_html(std::string_view text);
/// A case id, command or digest.
std::string code_html(std::string_view text);

/// A command: options are not broken at their hyphens.
std::string command_html(std::string_view text);
/// Types of a case, which stay on one line: "bf16-f32-f32".
std::string types_html(std::string_view text);

/// A table of finished cells (HTML).
struct HtmlTable {
  struct Column {
    std::string title;
    enum class Kind { text, number, case_id } kind = Kind::text;
  };
  struct Line {
    std::vector<std::string> cells;
    std::string id;  ///< anchor; may be empty
  };
  std::vector<Column> columns;
  std::vector<Line> lines;
};

/// Writes the body of a report, in one language or in both, side by side for the page to choose from.
class Writer {
 public:
  Writer(const Messages& messages, Language language) : messages_(messages), language_(language) {}

  /// A label or sentence as HTML inside a line. Values are HTML. An id that is not in the table shows as ⟦id⟧.
  std::string say(std::string_view id, const Values& values = {}) const;
  /// A text of two languages that comes from a file.
  std::string say_text(std::string_view zh, std::string_view en) const;

  void raw(std::string_view html) { out_ += html; }
  void paragraph(std::string_view id, const Values& values = {}, std::string_view css_class = {});
  void heading(std::string_view id);
  /// `tall`: scrolls on the screen.
  void table(const HtmlTable&, std::string_view css_class = {});
  void facts(const std::vector<std::pair<std::string, std::string>>& terms_and_texts);
  /// A figure for the page's scripts; `table` stands under it for everyone.
  void chart(std::string_view name, std::string_view title, std::string_view hint, const HtmlTable& table);

  Language language() const { return language_; }
  const Messages& messages() const { return messages_; }
  const std::string& html() const { return out_; }

 private:
  std::string block(std::string_view tag, std::string_view id, const Values&, std::string_view css_class) const;

  const Messages& messages_;
  Language language_;
  std::string out_;
};

}  // namespace chipfit::report
