#include "harness/telemetry/sources.hpp"

#include <fmt/format.h>

namespace chipfit::telemetry {

Result<Source> gpu_source(std::shared_ptr<Nvml> nvml, const std::string& uuid) {
  const auto index = nvml->find(uuid);
  if (!index) return pass_on(index.error());
  const auto read = [nvml = std::move(nvml), index = *index]() -> std::optional<Sample> {
    const auto state = nvml->read(index);
    if (!state) return std::nullopt;
    Sample sample;
    sample.power_w = state->power_w;
    sample.temp_c = state->temp_c;
    sample.clock_hz = state->clock_hz;
    sample.energy_j = state->energy_j;
    sample.throttle_reasons = state->throttle_reasons;
    return sample;
  };
  return Source{"nvml", "indicative", read};
}

Source cpu_source(Rapl rapl) {
  const std::string name = fmt::format("rapl {}", rapl.zones());
  const auto read = [rapl = std::move(rapl)]() mutable -> std::optional<Sample> {
    const auto energy_j = rapl.read_j();
    if (!energy_j) return std::nullopt;
    Sample sample;
    sample.energy_j = *energy_j;
    return sample;
  };
  return {name, "indicative", read};
}

void derive_power(const std::optional<Sample>& before, std::span<Sample> samples) {
  std::optional<Sample> last = before;
  for (Sample& sample : samples) {
    if (!sample.power_w && sample.energy_j && last && last->energy_j && sample.t_s > last->t_s)
      sample.power_w = (*sample.energy_j - *last->energy_j) / (sample.t_s - last->t_s);
    last = sample;
  }
}

}  // namespace chipfit::telemetry
