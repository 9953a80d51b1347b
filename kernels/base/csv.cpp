#include "kernels/base/csv.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kernels/base/utf8.hpp"

namespace chipfit::csv {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr auto npos = std::string_view::npos;

}  // namespace

Reader::Reader(std::string name, std::string_view text, std::size_t first_line)
    : name_(std::move(name)), text_(text), line_(first_line) {
  // Columns are counted from the first character that an editor shows.
  if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
}

void Reader::start_line(std::size_t offset) {
  ++line_;
  line_start_ = offset;
}

tl::unexpected<Error> Reader::fault(std::string what, std::string hint, std::size_t offset) {
  while (true) {
    const std::size_t line_end = text_.find('\n', line_start_);
    if (line_end == npos || line_end >= offset) break;
    start_line(line_end + 1);
  }
  std::string where = fmt::format("{}:{}:{}", name_, line_, offset - line_start_ + 1);
  const std::size_t line_end = text_.find('\n', offset);
  torn_ = line_end == npos;
  at_ = torn_ ? text_.size() : line_end + 1;
  start_line(at_);
  return fail(Error::Kind::bad_data, std::move(what), std::move(where), std::move(hint));
}

Result<bool> Reader::next(Record& record) {
  record.fields.clear();
  record.columns.clear();
  record.lines.clear();
  while (true) {  // blank lines
    if (text_.substr(at_).starts_with("\r\n")) {
      at_ += 2;
    } else if (at_ < text_.size() && text_[at_] == '\n') {
      at_ += 1;
    } else {
      break;
    }
    start_line(at_);
  }
  if (at_ == text_.size()) return false;

  record.line = line_;
  // A fault is reported relative to the line where it stands, so the fields' lines are counted apart until the whole
  // record is known to be sound.
  std::size_t line = line_, line_start = line_start_, at = at_;
  torn_ = false;
  const auto bytes_fault = [&](std::size_t end) -> Result<bool> {
    const std::string_view raw = text_.substr(at_, end - at_);
    const std::size_t nul = raw.find('\0'), invalid = find_invalid_utf8(raw);
    if (nul == npos && invalid == npos) return true;
    if (nul < invalid) {
      return fault("a NUL byte is not text", "the file is damaged or not a CSV file; write it again", at_ + nul);
    }
    return fault("this is not UTF-8", "save the file as UTF-8", at_ + invalid);
  };

  while (true) {
    record.columns.push_back(at - line_start + 1);
    record.lines.push_back(line);
    std::string& field = record.fields.emplace_back();
    if (at < text_.size() && text_[at] == '"') {
      const std::size_t opening = at++;
      while (true) {
        const std::size_t quote = text_.find('"', at);
        if (quote == npos) {
          if (auto sound = bytes_fault(text_.size()); !sound) return sound;
          auto error = fault("this quote is never closed", "end the field with \", and write a quote inside it as \"\"",
                             opening);
          at_ = text_.size();  // the rest of the file is inside the quote
          torn_ = true;
          return error;
        }
        field.append(text_, at, quote - at);
        at = quote + 1;
        if (at == text_.size() || text_[at] != '"') break;
        field.push_back('"');
        ++at;
      }
      for (std::size_t i = opening; i < at; ++i) {
        if (text_[i] != '\n') continue;
        ++line;
        line_start = i + 1;
      }
    } else {
      const std::size_t end = std::min(text_.find_first_of(",\"\r\n", at), text_.size());
      field.assign(text_, at, end - at);
      at = end;
    }

    if (at < text_.size() && text_[at] == ',') {
      ++at;
      continue;
    }
    const bool ends = at == text_.size() || text_[at] == '\n' || text_.substr(at).starts_with("\r\n");
    if (ends) break;
    if (auto sound = bytes_fault(at); !sound) return sound;
    if (text_[at] == '\r') {
      return fault("a carriage return without line feed", "save the file with LF or CRLF line ends", at);
    }
    const bool was_quoted = text_[at] != '"';
    return fault(was_quoted ? "text after a closing quote" : "a quote inside an unquoted field",
                 "put the whole field in quotes and write each quote inside it as \"\"", at);
  }

  if (auto sound = bytes_fault(at); !sound) return sound;
  torn_ = at == text_.size();
  line_ = line;
  line_start_ = line_start;
  at_ = at;
  if (!torn_) {
    at_ += text_[at] == '\r' ? 2 : 1;
    start_line(at_);
  }
  return true;
}

std::string Reader::where(const Record& record, std::size_t field) const {
  if (field < record.columns.size()) {
    return fmt::format("{}:{}:{}", name_, record.lines[field], record.columns[field]);
  }
  if (record.columns.empty()) return fmt::format("{}:{}", name_, record.line);
  return fmt::format("{}:{}:{}", name_, record.lines.back(), record.columns.back() + record.fields.back().size());
}

std::string quoted(std::string_view field) {
  if (field.find_first_of(",\"\r\n") == npos && !field.starts_with(kByteOrderMark)) return std::string(field);
  std::string out = "\"";
  for (const char c : field) {
    if (c == '"') out.push_back('"');
    out.push_back(c);
  }
  out.push_back('"');
  return out;
}

std::string line(const std::vector<std::string>& fields) {
  if (fields.size() == 1 && fields.front().empty()) return "\"\"";
  std::string out;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) out.push_back(',');
    out += quoted(fields[i]);
  }
  return out;
}

}  // namespace chipfit::csv
