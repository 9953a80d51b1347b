#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/base/result.hpp"

namespace chipfit::fleet {

/// How many devices of a chip the lab owns.
struct Inventory {
  std::string chip;  ///< may hold '*', as every chip of a scheme
  std::size_t devices = 0;
};

/// A nominal peak that the results do not tell, or tell wrongly.
struct DeclaredPeak {
  std::string chip, types;
  double flop_per_s = 0;
  std::string source;
};

/// Devices whose converted rates are one of the three totals. A device belongs to the first class that has its chip,
/// and counts there in the first of the types that it was measured in.
struct DeviceClass {
  std::string name;  ///< "general", "intelligent" or "super"
  std::vector<std::string> chips, types;
};

enum class IndicatorKind { scale, efficiency, energy_efficiency, adaptation_coverage, stability };
std::string_view name(IndicatorKind);
/// Unit of value and target: "FLOP/s", "FLOP/J", or "" for a share of one.
std::string_view unit(IndicatorKind);

struct Indicator {
  IndicatorKind kind = IndicatorKind::scale;
  std::string types;  ///< of scale, efficiency and energy_efficiency: what is summed; "converted": the classes' total
  double weight = 0, target = 1;
};

/// What a lab declares about its fleet: fleet.toml. Without a scheme nothing is converted and there is no index.
struct Scheme {
  std::string title;
  std::string reference;                               ///< types that converted totals are in; empty: no conversion
  std::string basis;                                   ///< what the factors rest on, in the lab's words
  std::map<std::string, double, std::less<>> factors;  ///< FLOP/s of the reference that one FLOP/s is worth
  std::vector<DeviceClass> classes;
  std::vector<Inventory> inventory;
  std::vector<DeclaredPeak> peaks;
  std::vector<Indicator> index;
  std::vector<std::string> suites;  ///< whose GEMMs count, beside those of the harness
  double disagreement = 0.05;       ///< runs of one device that differ by more are named

  /// Worth of a type in the reference; nothing where none is declared.
  std::optional<double> factor(std::string_view types) const;
  const DeviceClass* class_of(std::string_view chip) const;
};

/// Errors: bad_data at file:line:column with a hint. Checked besides the form: types and names are known, a class's
/// types have factors, weights sum to 1, targets and factors are above 0.
Result<Scheme> parse_scheme(std::string_view toml, const std::string& file);
/// Errors: missing, io, and those of parse_scheme.
Result<Scheme> read_scheme(const std::filesystem::path&);

}  // namespace chipfit::fleet
