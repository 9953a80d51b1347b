#include "kernels/cpu/conv/depthwise_table.hpp"

#include <array>

#include "kernels/cpu/conv/depthwise_sets.hpp"

namespace chipfit::cpu {

const DepthwiseTable* find_depthwise(Dtype type, std::string_view isa) {
  static constexpr std::array tables {
#if defined(__x86_64__)
    &avx512::depthwise_f32, &avx512::depthwise_f64, &avx2::depthwise_f32, &avx2::depthwise_f64,
#endif
        &portable::depthwise_f32, &portable::depthwise_f64
  };
  for (const DepthwiseTable* table : tables)
    if (table->type == type && (isa.empty() || table->isa == isa) && cpu_has(table->needs)) return table;
  return nullptr;
}

}  // namespace chipfit::cpu
