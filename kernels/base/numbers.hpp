#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace chipfit {

// The one place where numbers become text for people. Files and JSON never use it: they hold base units.

/// `digits` significant digits with an SI prefix: si_text(98.7e9, "FLOP/s", 3) = "98.7 GFLOP/s"; without a unit the
/// prefix stands alone ("98.7 G"). Not finite: "?".
std::string si_text(double value, std::string_view unit, int digits);

/// Four significant digits: "1.234 ms", "56.78 µs"; from a second on only seconds ("1234 s").
std::string time_text(double seconds);
/// "98.7 GFLOP/s".
std::string rate_text(double flop_per_s);
/// "1.25 EFLOPS = 1.25 百亿亿次/秒": three significant digits of 10^18 FLOP/s, however small the rate.
std::string exa_text(double flop_per_s);
/// "268 MFLOP".
std::string work_text(double flop);
/// Binary prefixes, three significant digits: "512 B", "3.00 MiB".
std::string bytes_text(std::uint64_t bytes);
/// A share of one: "81 %", "0.42 %", "104 %": at most two decimals, whole percents from 10 % on.
std::string percent_text(double ratio);
/// Time left or spent, for people who wait: "8 s", "1 m 05 s", "2 h 03 m".
std::string wait_text(double seconds);
/// "12,345".
std::string count_text(std::uint64_t);
/// "1 row", "1,200 rows".
std::string counted(std::uint64_t, std::string_view noun);

}  // namespace chipfit
