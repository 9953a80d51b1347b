#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/fleet/scheme.hpp"
#include "harness/results/row.hpp"

namespace chipfit::fleet {

struct Device {
  std::string uid;  ///< device_uid; with the host before it where that is no serial number: "lab1/AMD EPYC#0"
  std::string vendor, chip, host;
};

/// What a device sustained: the proven rate of its largest standard GEMM.
struct Sustained {
  double rate_flop_per_s = 0;  ///< median over the launches
  double power_w = 0;          ///< mean while it ran, median over the launches; 0: not measured
  std::string energy_source, energy_grade;
  std::string case_id, backend, run_id, provenance;
  std::size_t launches = 0;
  std::int64_t devices_active = 1;
  std::size_t row = 0;  ///< the launch with the median rate, the lower of two: its place among the rows that were read
};

/// One device in one set of types.
struct Holding {
  std::size_t device = 0;  ///< index into Roster::devices
  std::string types;
  std::optional<Sustained> sustained;
  double nominal_flop_per_s = 0;  ///< 0: not told
  std::string nominal_source;
};

/// Rows that were read, and what became of them.
struct RowCounts {
  std::size_t all = 0, published = 0, repeated = 0;
  std::size_t judged = 0;     ///< all but those two
  std::size_t passed = 0;     ///< of the judged ones
  std::size_t rated = 0;      ///< of those: with a time
  std::size_t steady = 0;     ///< of those: timed steadily and without throttling
  std::size_t untrusted = 0;  ///< rates that do not count: UNTRUSTED or IMPLAUSIBLE
};

/// Every device of the results once: serial numbers tell devices apart, else host, chip and number.
///
/// Of a device and a set of types the row that counts is found so: GEMMs of standard suites with verdict OK and a
/// proven rate (the lower bound where the rate is bracketed) → those of the most FLOP → those with the most devices at
/// work → of each backend and case the newest run → the median over its launches → the fastest backend and case.
struct Roster {
  std::vector<Device> devices;    ///< by uid
  std::vector<Holding> holdings;  ///< by types, then by device
  std::size_t hosts = 0, runs = 0;
  RowCounts rows;
  std::vector<std::string> notes;  ///< what was left out and what is doubtful
};

/// The rule above, for the output.
std::string_view counting_rule();

/// Reads result files once, in memory bounded by devices and 64 bytes a row. Errors: missing, io; bad_data with
/// file:line:column: not a result file; a row that stands twice with different content; one device_uid with two chips.
Result<Roster> read_roster(std::span<const std::filesystem::path> files, const Scheme&);
/// The same of rows in memory; `where` of an error is the row's index.
Result<Roster> read_roster(std::span<const results::Row>, const Scheme&);

}  // namespace chipfit::fleet
