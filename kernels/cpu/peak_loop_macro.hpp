#pragma once
#include <cstdint>
#include <cstring>

// Named registers instead of an array: no compiler keeps all of an array in registers at every optimisation level.
#define CHIPFIT_12(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11)
#define CHIPFIT_24(X) CHIPFIT_12(X) X(12) X(13) X(14) X(15) X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23)

#define CHIPFIT_START(i) Vector x##i = Vector{} + static_cast<Element>(i + 1);
// Summed as vectors: with each register copied to memory GCC 12 keeps all of them there, in the loop too.
#define CHIPFIT_ADD_UP(i) total += x##i;

// Defines loops::NAME (see peak_loops.hpp). CHIPFIT_STEP(i), defined before, updates register x##i; the last
// arguments declare what it uses besides. A macro, because a lambda or template argument would not inherit the target
// attribute.
#define CHIPFIT_PEAK_LOOP(NAME, TARGET, REPEAT, VECTOR, ELEMENT, ...)  \
  TARGET double NAME(std::uint64_t iterations, float seed) {           \
    using Vector = VECTOR;                                             \
    using Element = ELEMENT;                                           \
    __VA_ARGS__;                                                       \
    REPEAT(CHIPFIT_START)                                              \
    for (; iterations > 0; --iterations) {                             \
      REPEAT(CHIPFIT_STEP)                                             \
    }                                                                  \
    Vector total{};                                                    \
    REPEAT(CHIPFIT_ADD_UP)                                             \
    Element lanes[sizeof(Vector) / sizeof(Element)];                   \
    std::memcpy(lanes, &total, sizeof lanes);                          \
    double sum = 0;                                                    \
    for (const Element lane : lanes) sum += static_cast<double>(lane); \
    return sum;                                                        \
  }
