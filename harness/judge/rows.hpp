#pragma once
#include <string>

#include "harness/judge/measure.hpp"
#include "harness/plan/plan.hpp"
#include "harness/results/provenance.hpp"
#include "harness/results/row.hpp"
#include "kernels/cpu/peak.hpp"

namespace chipfit::judge {

/// What all rows of a run share.
struct RunFacts {
  std::string run_id, host, lab, plan_sha256, harness_version;
  std::string isolation;  ///< "L0", "in-process"
  results::Provenance provenance = results::Provenance::self_run;
};

/// The device a row speaks of. Empty texts where a plugin died before it could say.
struct DeviceFacts {
  std::string backend, library_sha256, uid;
  std::uint32_t index = 0;
  std::string isolation;       ///< where it is not that of the run
  std::string isolation_note;  ///< why: stands as reason in rows that have no other
  PluginFacts plugin;
  chipfit_device_info device{};
};

/// The largest rate a device claims for a problem's types and math; 0 when it claims none.
double claimed_peak(const chipfit_device_info&, const Problem&);

/// One row of results.csv. Rates are filled for OK only. `peak`: what this host's registers reach for the problem's
/// input type; 0 for devices that are not this host's CPU.
results::Row make_row(const RunFacts&, const plan::PlannedCase&, const DeviceFacts&, int launch, const Outcome&,
                      double peak_empirical_flop_per_s);

/// Lines of samples.csv for an outcome, each with LF; empty when nothing was timed.
std::string sample_lines(const RunFacts&, const plan::PlannedCase&, const DeviceFacts&, int launch, const Outcome&);

}  // namespace chipfit::judge
