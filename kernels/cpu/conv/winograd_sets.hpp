#pragma once
#include "kernels/cpu/conv/winograd_table.hpp"

namespace chipfit::cpu {

#if defined(__x86_64__)
namespace avx512 {
extern const WinogradTable winograd2, winograd4;
}
namespace avx2 {
extern const WinogradTable winograd2, winograd4;
}
#endif
namespace portable {
extern const WinogradTable winograd2, winograd4;
}

}  // namespace chipfit::cpu
