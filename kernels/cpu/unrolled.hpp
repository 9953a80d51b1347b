#pragma once
#include <type_traits>
#include <utility>

namespace chipfit::cpu {
namespace {

/// Calls body(integral_constant<int, i>) for i in [0, n), written out. A loop over an array of registers is unrolled by
/// no compiler reliably, and an array that is indexed at run time lives in memory.
template <int n, class Body>
[[gnu::always_inline]] inline void unrolled(Body&& body) {
  [&]<int... i>(std::integer_sequence<int, i...>) __attribute__((always_inline)) {
    (body(std::integral_constant<int, i>{}), ...);
  }
  (std::make_integer_sequence<int, n>{});
}

}  // namespace
}  // namespace chipfit::cpu
