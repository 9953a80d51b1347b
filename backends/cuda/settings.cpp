#include <chipfit/chipfit_plugin.hpp>

#include "backends/cuda/context.hpp"

namespace cuda {
namespace {

using chipfit::plugin::Failure;

double option_in(const char* key, double fallback, double low, double high) {
  const double value = chipfit::plugin::number_option(key, fallback);
  if (value >= low && value <= high) return value;
  throw Failure(CHIPFIT_INTERNAL, std::string("option ") + key + " must lie between " +
                                      std::to_string(static_cast<long>(low)) + " and " +
                                      std::to_string(static_cast<long>(high)));
}

}  // namespace

Settings Settings::from_options() {
  Settings settings;
  settings.workspace_bytes = static_cast<std::uint64_t>(option_in("workspace_mib", 64, 32, 65536)) << 20;
  settings.trial_s = option_in("trial_s", 1, 0, 600);
  const std::string sums = chipfit::plugin::option("fp8_accumulate").value_or("full");
  if (sums != "full" && sums != "fast") throw Failure(CHIPFIT_INTERNAL, "option fp8_accumulate is full or fast");
  settings.fast_fp8_accumulation = sums == "fast";
  return settings;
}

}  // namespace cuda
