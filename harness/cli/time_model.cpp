#include "harness/cli/time_model.hpp"

#include <fmt/format.h>

#include <array>

#include "kernels/base/names.hpp"
#include "kernels/base/numbers.hpp"
#include "kernels/base/parse_number.hpp"

namespace chipfit::cli {
namespace {

struct Option {
  const char* name;
  double low, high;
  double stats::TimeModel::*member;
};
constexpr std::array kOptions{Option{"launch_sd", 0, 2, &stats::TimeModel::launch_sd},
                              Option{"within_sd", 0, 2, &stats::TimeModel::within_sd},
                              Option{"rho", -0.999, 0.999, &stats::TimeModel::rho},
                              Option{"slow_share", 0, 1, &stats::TimeModel::slow_share},
                              Option{"slow_log", -2, 2, &stats::TimeModel::slow_log},
                              Option{"drift_per_round", -1, 1, &stats::TimeModel::drift_per_round},
                              Option{"throttle_log", -2, 2, &stats::TimeModel::throttle_log}};

}  // namespace

Result<stats::TimeModel> time_model(const std::vector<std::string>& options) {
  stats::TimeModel model;
  std::vector<std::string> names;
  for (const Option& option : kOptions) names.emplace_back(option.name);
  names.emplace_back("throttle_round");
  for (const auto& word : options) {
    const auto equals = word.find('=');
    const auto text = word.substr(equals + 1);
    const auto at = find_name(word.substr(0, equals), "an option of the virtual clock", names);
    if (!at) return pass_on(at.error());
    const auto value = parse_number<double>(text);
    const bool is_round = *at == kOptions.size();
    const double low = is_round ? 0 : kOptions[*at].low, high = is_round ? 1e6 : kOptions[*at].high;
    if (!value || !(*value >= low && *value <= high))
      return fail(Error::Kind::usage, fmt::format("--option {}: not a number from {} to {}", word, low, high));
    if (is_round)
      model.throttle_round = static_cast<int>(*value);
    else
      model.*kOptions[*at].member = *value;
  }
  return model;
}

std::string model_text(const stats::TimeModel& m) {
  auto text = fmt::format("launch deviation {}, within {}, rho {}", percent_text(m.launch_sd),
                          percent_text(m.within_sd), m.rho);
  if (m.slow_share > 0)
    text += fmt::format(", {} of launches off by {}", percent_text(m.slow_share), percent_text(m.slow_log));
  return text;
}

}  // namespace chipfit::cli
