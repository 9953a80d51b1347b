#pragma once
#include <string_view>

#include "backends/plugin/chipfit_plugin.h"
#include "kernels/problem/problem.hpp"

namespace chipfit::wire {

/// The problem as the plugin ABI writes it: reserve zeroed, p and q filled in.
chipfit_problem to_abi(const Problem&);

/// "UNSUPPORTED", … ; "status 77" is not one: answers outside the six are named "UNKNOWN".
std::string_view name(chipfit_status);
constexpr bool is_status(std::uint32_t status) {
  return status <= CHIPFIT_INTERNAL;
}

}  // namespace chipfit::wire
