#pragma once
#include <optional>
#include <string>
#include <vector>

#include "harness/fleet/roster.hpp"
#include "harness/fleet/scheme.hpp"
#include "harness/stats/outliers.hpp"

namespace chipfit::fleet {

/// A holding that stands apart from those of the same chip on the same GEMM.
struct Outlier {
  std::size_t holding = 0;  ///< index into Roster::holdings
  double median_flop_per_s = 0, score = 0;
};

/// All devices in one set of types. Dense rates in FLOP/s; nothing is converted.
struct TypeTotal {
  std::string types;
  std::size_t measured = 0;  ///< devices with a sustained rate
  std::size_t declared = 0;  ///< devices that undertook these types, or claim a peak for them, or are in the inventory
  std::size_t without_nominal = 0;  ///< of the declared ones
  double measured_flop_per_s = 0;
  double nominal_flop_per_s = 0;  ///< of the declared devices that tell one
  /// Over the devices that have both: Σ measured / Σ nominal.
  std::optional<double> efficiency;
  std::size_t with_power = 0;
  std::optional<double> flop_per_joule;                ///< Σ rate / Σ power over the devices with power
  std::vector<std::string> energy_sources;             ///< "nvml (indicative)"
  std::optional<std::size_t> lowest, middle, highest;  ///< holdings; middle: the lower median
  double median_flop_per_s = 0;
  std::vector<Outlier> outliers;  ///< the farthest below first

  double coverage() const { return declared > 0 ? static_cast<double>(measured) / static_cast<double>(declared) : 0; }
};

/// What one class holds in one set of types.
struct ClassShare {
  std::string types;
  double factor = 1;
  std::size_t measured = 0, declared = 0;
  double measured_flop_per_s = 0, nominal_flop_per_s = 0;  ///< before the conversion
};
struct ClassTotal {
  std::string name;
  std::vector<ClassShare> shares;
  double measured_flop_per_s = 0, nominal_flop_per_s = 0;  ///< in the reference
};

/// One term of the index.
struct IndexTerm {
  Indicator indicator;
  std::optional<double> value;  ///< none: not measured, which counts 0
  double reached = 0;           ///< min(1, value/target)
};

struct Fleet {
  Roster roster;
  Scheme scheme;
  std::vector<TypeTotal> totals;
  std::vector<ClassTotal> classes;           ///< CP_general, CP_intelligent, CP_super, as far as the scheme has them
  std::size_t unclassed = 0;                 ///< measured devices of no class
  double converted_measured_flop_per_s = 0;  ///< CP, the sum of the classes
  double converted_nominal_flop_per_s = 0;
  std::vector<IndexTerm> terms;
  std::optional<double> index;  ///< 0 … 100
  std::vector<std::string> notes;
};

/// Everything that is said of a fleet.
Fleet make_fleet(Roster, Scheme, const stats::OutlierRule& = {});

/// Which devices are named as outliers, for the output.
std::string outlier_rule(const stats::OutlierRule& = {});

/// "100·(0.4·min(1, 2.5e+17/1e+18) + …) = 61.2"; empty without an index.
std::string formula(const Fleet&);

}  // namespace chipfit::fleet
