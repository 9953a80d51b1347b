// oneDNN as a plugin: the CPU library that a new chip's narrow types and convolutions are measured against. The harness
// stores operands plainly; what oneDNN needs reordered is reordered in every enqueue, and counts.
#include <chipfit/chipfit_simple.hpp>

#include "backends/onednn/choose.hpp"
#include "backends/onednn/conv.hpp"
#include "backends/onednn/gemm.hpp"
#include "backends/onednn/threads.hpp"

namespace {

using chipfit::plugin::unsupported;

const char* name_of_operation(std::uint32_t op) {
  constexpr const char* names[] = {"gemm", "conv_fwd", "conv_bwd_data", "conv_bwd_weights"};
  return names[op - CHIPFIT_GEMM];
}

/// One of two words, the first where the option is not given.
bool is_second(const char* key, const char* first, const char* second) {
  const std::string asked = chipfit::plugin::option(key).value_or(first);
  if (asked != first && asked != second)
    throw chipfit::plugin::Failure(CHIPFIT_INTERNAL,
                                   "option " + std::string(key) + " is " + first + " or " + second + ", not " + asked);
  return asked == second;
}

onednn::Weights weights() {
  return is_second("weights", "fresh", "prepacked") ? onednn::Weights::prepacked : onednn::Weights::fresh;
}

dnnl::algorithm conv_algorithm() {
  return is_second("conv", "direct", "winograd") ? dnnl::algorithm::convolution_winograd
                                                 : dnnl::algorithm::convolution_direct;
}

onednn::Offer offer(const chipfit_problem& problem) {
  switch (problem.op) {
    case CHIPFIT_GEMM:
      return onednn::offer_gemm(problem, weights());
    case CHIPFIT_CONV_FWD:
    case CHIPFIT_CONV_BWD_DATA:
    case CHIPFIT_CONV_BWD_WEIGHTS:
      if (problem.layout != CHIPFIT_NCHW && problem.layout != CHIPFIT_NHWC) unsupported("layout is NCHW or NHWC");
      return onednn::offer_conv(problem, conv_algorithm());
    default:
      unsupported("only GEMM and convolution are computed with oneDNN");
  }
}

chipfit::simple::Kernel prepare(const chipfit_problem& problem) {
  if (problem.accumulate > 1) unsupported("accumulate is 0 or 1");
  const unsigned threads = chipfit::plugin::compute_threads();
  onednn::use_threads(threads);
  const onednn::Offer found = offer(problem);
  const auto program = onednn::choose(found, problem.accumulate != 0, weights(), threads);
  if (!program) {
    const std::string what = onednn::words_of_types(problem) + (problem.accumulate ? ", added to the output" : "");
    unsupported(onednn::library_name() + " has no " + name_of_operation(problem.op) + " of " + what + " on this CPU" +
                (found.refused.empty() ? "" : " but " + found.refused));
  }
  return {[program](const void* in0, const void* in1, void* out) { program->run(in0, in1, out); },
          program->algorithm() + found.caution};
}

/// The instructions that oneDNN uses here.
const char* instructions() {
  switch (dnnl::get_effective_cpu_isa()) {
    case dnnl::cpu_isa::sse41:
      return "sse41";
    case dnnl::cpu_isa::avx:
      return "avx";
    case dnnl::cpu_isa::avx2:
      return "avx2";
    case dnnl::cpu_isa::avx2_vnni:
      return "avx2_vnni";
    case dnnl::cpu_isa::avx512_core:
      return "avx512_core";
    case dnnl::cpu_isa::avx512_core_vnni:
      return "avx512_core_vnni";
    case dnnl::cpu_isa::avx512_core_bf16:
      return "avx512_core_bf16";
    case dnnl::cpu_isa::avx512_core_amx:
      return "avx512_core_amx";
    default:
      return "generic";
  }
}

const std::string& library() {
  static const std::string text = onednn::library_name() + " (" + instructions() + ")";
  return text;
}

void describe(chipfit_device_info& info) {
  chipfit::plugin::describe_host_cpu(info, library());
}

const char* version() {
  static const std::string text = "1.0 (" + library() + ")";
  return text.c_str();
}

}  // namespace

CHIPFIT_SIMPLE_PLUGIN_DESCRIBED("onednn", version(), prepare, describe)
