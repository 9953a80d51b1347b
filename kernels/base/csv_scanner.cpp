#include "kernels/base/csv_scanner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "kernels/base/utf8.hpp"

namespace chipfit::csv {
namespace {

constexpr std::size_t largest_record = std::size_t{16} << 20;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u, lows = ~highs;

/// 0x80 in every byte of the word that equals `c`, 0 in the others.
constexpr std::uint64_t equal_bytes(std::uint64_t word, unsigned char c) {
  const std::uint64_t x = word ^ ones * c;
  return ~(((x & lows) + lows) | x | lows);
}

/// Not 0 where a byte is a control character, a quote or not ASCII.
constexpr std::uint64_t special_bytes(std::uint64_t word) {
  const std::uint64_t quote = word ^ ones * '"';
  return ((word - ones * 0x20) & ~word & highs) | (word & highs) | ((quote - ones) & ~quote & highs);
}

}  // namespace

Scanner::Scanner(std::string name, Source source, std::size_t block_bytes)
    : name_(std::move(name)), source_(std::move(source)), block_(std::max<std::size_t>(block_bytes, 1)) {}

Result<bool> Scanner::fill() {
  if (at_end_) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() < end_ + block_) buffer_.resize(std::max(end_ + block_, std::min(2 * end_, 2 * largest_record)));
  const auto got = source_(buffer_.data() + end_, buffer_.size() - end_);
  if (!got) return pass_on(got.error());
  end_ += *got;
  at_end_ = *got == 0;
  return !at_end_;
}

/// Splits the record at begin_ while it is plain text between commas.
Scanner::Scan Scanner::scan_plain() {
  const char* const text = buffer_.data() + begin_;
  const std::size_t size = end_ - begin_;
  ends_.clear();
  bool ascii = true, carriage_return = false;
  std::size_t at = 0;
  while (true) {
    if constexpr (std::endian::native == std::endian::little) {
      while (!carriage_return && at + 8 <= size) {
        std::uint64_t word = 0;
        std::memcpy(&word, text + at, 8);
        if (special_bytes(word) != 0) break;
        for (std::uint64_t commas = equal_bytes(word, ','); commas != 0; commas &= commas - 1)
          ends_.push_back(static_cast<std::uint32_t>(at + static_cast<unsigned>(std::countr_zero(commas)) / 8));
        at += 8;
      }
    }
    for (const std::size_t stop = std::min(size, at + 8); at < stop; ++at) {
      const char c = text[at];
      if (c == '\n') {
        const std::size_t end = carriage_return ? at - 1 : at;
        if (!ascii && find_invalid_utf8({text, end}) != std::string_view::npos) return Scan::odd;
        ends_.push_back(static_cast<std::uint32_t>(end));
        length_ = at + 1;
        return Scan::whole;
      }
      if (carriage_return || c == '"' || c == '\0') return Scan::odd;
      carriage_return = c == '\r';
      if (c == ',') ends_.push_back(static_cast<std::uint32_t>(at));
      ascii = ascii && static_cast<unsigned char>(c) < 0x80;
    }
    if (at == size) return Scan::unfinished;
  }
}

/// A line feed ends a record unless it stands inside quotes.
bool Scanner::find_end_outside_quotes(std::size_t& end) const {
  bool inside = false;
  for (std::size_t i = begin_; i < end_; ++i) {
    if (buffer_[i] == '"') inside = !inside;
    if (buffer_[i] != '\n' || inside) continue;
    end = i + 1;
    return true;
  }
  return false;
}

Result<bool> Scanner::read_odd() {
  std::size_t end = end_;
  while (!find_end_outside_quotes(end)) {
    end = end_;
    if (end_ - begin_ > largest_record) break;
    const auto more = fill();
    if (!more) return pass_on(more.error());
    end = end_;
    if (!*more) break;
  }
  // The line feed in front keeps Reader from taking a byte order mark in the middle of a file for the file's.
  odd_text_.assign(1, '\n');
  odd_text_.append(buffer_.data() + begin_, end - begin_);
  Reader reader(name_, odd_text_, line_ - 1);
  const auto read = reader.next(record_);
  if (!read) {
    torn_ = reader.last_record_torn();
    return read;
  }
  torn_ = reader.last_record_torn();
  if (torn_ && !at_end_)
    return fail(Error::Kind::bad_data, "a line of more than 16 MiB", fmt::format("{}:{}:1", name_, line_),
                "this is no CSV file, or a quote is never closed");
  // A record may end before the text does only where a carriage return stands alone, and that is an error above.
  next_line_ = line_ + static_cast<std::size_t>(std::count(odd_text_.begin() + 1, odd_text_.end(), '\n'));
  begin_ = end;
  odd_ = true;
  return true;
}

Result<bool> Scanner::next() {
  if (failed_) return false;
  begin_ += length_;
  length_ = 0;
  odd_ = false;
  torn_ = false;
  const auto give_up = [&](const Error& error) -> Result<bool> {
    failed_ = true;
    return pass_on(error);
  };
  if (!started_) {
    started_ = true;
    while (end_ - begin_ < byte_order_mark.size()) {
      const auto more = fill();
      if (!more) return give_up(more.error());
      if (!*more) break;
    }
    if (std::string_view(buffer_.data(), end_).starts_with(byte_order_mark)) begin_ = byte_order_mark.size();
  }
  while (true) {
    line_ = next_line_;
    const Scan scan = begin_ == end_ ? Scan::unfinished : scan_plain();
    if (scan == Scan::whole) {
      ++next_line_;
      text_ = buffer_.data() + begin_;
      if (ends_.size() > 1 || ends_[0] > 0) return true;
      begin_ += length_;  // a blank line
      length_ = 0;
      continue;
    }
    if (scan == Scan::unfinished && !at_end_ && end_ - begin_ <= largest_record) {
      const auto more = fill();
      if (!more) return give_up(more.error());
      continue;
    }
    if (begin_ == end_) return false;
    const auto read = read_odd();
    if (!read) return give_up(read.error());
    return *read;
  }
}

bool Scanner::in_torn_line() const {
  if (!failed_) return torn_;
  return at_end_ && std::memchr(buffer_.data() + begin_, '\n', end_ - begin_) == nullptr;
}

std::string Scanner::where(std::size_t field) const {
  if (odd_) {
    if (field < record_.columns.size())
      return fmt::format("{}:{}:{}", name_, record_.lines[field], record_.columns[field]);
    return fmt::format("{}:{}:{}", name_, record_.lines.back(), record_.columns.back() + record_.fields.back().size());
  }
  if (ends_.empty()) return fmt::format("{}:{}", name_, line_);
  const std::size_t column = field == 0             ? 1
                             : field < ends_.size() ? ends_[field - 1] + std::size_t{2}
                                                    : ends_.back() + std::size_t{1};
  return fmt::format("{}:{}:{}", name_, line_, column);
}

Scanner::Source text_source(std::string_view text) {
  return [text](char* buffer, std::size_t room) mutable -> Result<std::size_t> {
    const std::size_t size = std::min(room, text.size());
    std::copy_n(text.data(), size, buffer);
    text.remove_prefix(size);
    return size;
  };
}

}  // namespace chipfit::csv
