#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/results/row.hpp"
#include "kernels/base/result.hpp"
#include "kernels/problem/problem.hpp"

namespace chipfit::foreign {

enum class Source { deepbench, google_benchmark, nvbench, benchdnn };
/// "deepbench", "googlebenchmark", "nvbench", "benchdnn". Error: usage, with did-you-mean.
Result<Source> parse_source(std::string_view);

/// What a foreign file does not say about itself; empty: as the file has it, or blank.
struct Facts {
  std::string chip, vendor, backend, host, lab;
  /// How names of foreign benchmarks become case ids: "BM_sgemm/{m}/{n}/{k}" and "gemm:f32:NN:{m}x{n}x{k}". Of nvbench
  /// {name} is an axis. Empty: a part of the name is a case id.
  std::string name_pattern, case_pattern;
};

/// Rows of provenance "published", check "none", verdict UNCHECKED. Rates follow from time and shape. Repeats of a case
/// on a chip are successive launches.
struct Imported {
  std::vector<results::Row> rows;
  std::vector<std::string> notes;  ///< "file:line: what is odd in the original", and what was left out
};

/// Errors: missing, io; bad_data with file:line:column; usage for patterns that do not work.
Result<Imported> import_file(Source, const std::filesystem::path&, const Facts&);

// One function per source, on a whole text; `name` is the file's name for messages.
Result<Imported> import_deepbench(const std::string& name, std::string_view text, const Facts&);
Result<Imported> import_google_benchmark(const std::string& name, std::string_view text, const Facts&);
Result<Imported> import_nvbench(const std::string& name, std::string_view text, const Facts&);
Result<Imported> import_benchdnn(const std::string& name, std::string_view text, const Facts&);

}  // namespace chipfit::foreign
