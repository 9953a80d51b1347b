#include "kernels/cpu/stream.hpp"

#include "kernels/cpu/portable/kernels.hpp"
#if defined(__x86_64__)
#include "kernels/cpu/avx2/kernels.hpp"
#include "kernels/cpu/avx512/kernels.hpp"
#endif

namespace chipfit::cpu {

const StreamKernel* find_stream_kernel(Dtype large, std::string_view isa) {
  for (const auto& streams : {
#if defined(__x86_64__)
         std::span(avx512::streams), std::span(avx2::streams),
#endif
             std::span(portable::streams)
       })
    for (const StreamKernel& kernel : streams)
      if (kernel.large == large && (isa.empty() || kernel.isa == isa) && cpu_has(kernel.needs)) return &kernel;
  return nullptr;
}

}  // namespace chipfit::cpu
