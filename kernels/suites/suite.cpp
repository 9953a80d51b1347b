#include "kernels/suites/suite.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include "kernels/base/names.hpp"
#include "kernels/suites/embedded.hpp"
#include "kernels/suites/suite_reader.hpp"

namespace chipfit {
namespace {

// Far above any list of shapes; keeps a device file from filling the memory.
constexpr std::size_t kLargestFile = std::size_t{64} << 20;

Result<std::string> read_file(const std::filesystem::path& path) {
  const auto failure = [&](int number) {
    const std::string reason = std::generic_category().message(number);
    if (number == ENOENT || number == ENOTDIR) {
      return fail(Error::Kind::missing, fmt::format("cannot open the suite: {}", reason), path.string(),
                  "a suite is a standard name or the path of a CSV file");
    }
    return fail(Error::Kind::io, fmt::format("cannot read the suite: {}", reason), path.string(),
                "it must be a readable file");
  };
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (!file) return failure(errno);
  std::string text;
  std::array<char, 1 << 16> block;
  while (true) {
    errno = 0;
    const std::size_t got = std::fread(block.data(), 1, block.size(), file.get());
    text.append(block.data(), got);
    if (text.size() > kLargestFile) {
      return fail(Error::Kind::bad_data, "the file is larger than 64 MiB, which is no suite", path.string() + ":1:1",
                  "give the path of a CSV file");
    }
    if (got < block.size()) {
      if (std::ferror(file.get()) != 0) return failure(errno);
      return text;
    }
  }
}

Result<Suite> first_fault_or_suite(SuiteReading reading) {
  if (!reading.faults.empty()) return pass_on(std::move(reading.faults.front()));
  return std::move(reading.suite);
}

}  // namespace

std::vector<std::string> standard_suite_names() {
  std::vector<std::string> names;
  for (const EmbeddedSuite& suite : embedded_suites()) names.emplace_back(suite.name);
  return names;
}

Result<Suite> standard_suite(std::string_view name, const SuiteOverrides& overrides) {
  const auto names = standard_suite_names();
  const auto index = find_name(name, "a standard suite", names);
  if (!index) return pass_on(index.error());
  const EmbeddedSuite& suite = embedded_suites()[*index];
  return first_fault_or_suite(read_suite(fmt::format("kernels/suites/{}.csv", suite.name), suite.text, overrides));
}

Result<Suite> load_suite(const std::filesystem::path& path, const SuiteOverrides& overrides) {
  const auto text = read_file(path);
  if (!text) return pass_on(text.error());
  return first_fault_or_suite(read_suite(path.string(), *text, overrides));
}

Result<Suite> find_suite(const std::string& name_or_path, const SuiteOverrides& overrides) {
  const bool is_path = name_or_path.find('/') != std::string::npos || name_or_path.ends_with(".csv");
  return is_path ? load_suite(name_or_path, overrides) : standard_suite(name_or_path, overrides);
}

std::vector<Error> check_suite(const std::filesystem::path& path) {
  const auto text = read_file(path);
  if (!text) return {text.error()};
  return read_suite(path.string(), *text).faults;
}

}  // namespace chipfit
