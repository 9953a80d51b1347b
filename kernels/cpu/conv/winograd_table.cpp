#include "kernels/cpu/conv/winograd_table.hpp"

#include <array>

#include "kernels/cpu/conv/winograd_sets.hpp"

namespace chipfit::cpu {

const WinogradTable* find_winograd(int m, std::string_view isa) {
  static constexpr std::array tables {
#if defined(__x86_64__)
    &avx512::winograd2, &avx512::winograd4, &avx2::winograd2, &avx2::winograd4,
#endif
        &portable::winograd2, &portable::winograd4
  };
  for (const WinogradTable* table : tables)
    if (table->m == m && (isa.empty() || table->isa == isa) && cpu_has(table->needs)) return table;
  return nullptr;
}

}  // namespace chipfit::cpu
