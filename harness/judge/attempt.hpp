#pragma once
#include <tl/expected.hpp>
#include <utility>

/// Returns the error of a failed expected<…> from the calling function.
#define CHIPFIT_ATTEMPT(expression)                                                                                \
  do {                                                                                                             \
    if (auto attempted = (expression); !attempted)                                                                 \
      return tl::unexpected<typename std::decay_t<decltype(attempted)>::error_type>(std::move(attempted.error())); \
  } while (false)
