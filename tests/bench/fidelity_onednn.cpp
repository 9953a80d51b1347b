// The harness against a bare loop over oneDNN: 3×3 convolutions of f32, activations plain NHWC. Filters are reordered
// into the library's format before every convolution, which the plugin has to do as well.
#include <memory>

#include <dnnl.hpp>

#include "kernels/problem/case_id.hpp"
#include "tests/bench/fidelity.hpp"

extern "C" void omp_set_num_threads(int);

namespace {

using namespace chipfit;
using dnnl::memory;

class Conv {
 public:
  Conv(const ConvProblem& p, int threads) : threads_(threads), engine_(dnnl::engine::kind::cpu, 0), stream_(engine_) {
    omp_set_num_threads(threads);
    constexpr auto f32 = memory::data_type::f32;
    const memory::dims x{p.n, p.c, p.h, p.w}, w{p.k, p.c, p.r, p.s}, y{p.n, p.k, p.p(), p.q()};
    const memory::dims stride{p.stride_h, p.stride_w}, pad{p.pad_h, p.pad_w};
    const dnnl::convolution_forward::primitive_desc conv({dnnl::prop_kind::forward_training,
                                                          dnnl::algorithm::convolution_direct,
                                                          {x, f32, memory::format_tag::nhwc},
                                                          {w, f32, memory::format_tag::any},
                                                          {y, f32, memory::format_tag::nhwc},
                                                          stride,
                                                          pad,
                                                          pad},
                                                         engine_);
    const auto unset = [&](const memory::desc& desc) { return memory(desc, engine_, DNNL_MEMORY_NONE); };
    x_ = unset(conv.src_desc());
    y_ = unset(conv.dst_desc());
    filters_ = unset({w, f32, memory::format_tag::ohwi});
    reordered_ = memory(conv.weights_desc(), engine_);
    reorder_ = dnnl::reorder(filters_, reordered_);
    conv_ = dnnl::convolution_forward(conv);
  }

  void run(const void* x, const void* w, void* y) {
    omp_set_num_threads(threads_);
    x_.set_data_handle(const_cast<void*>(x));
    filters_.set_data_handle(const_cast<void*>(w));
    y_.set_data_handle(y);
    reorder_.execute(stream_, filters_, reordered_);
    conv_.execute(stream_, {{DNNL_ARG_SRC, x_}, {DNNL_ARG_WEIGHTS, reordered_}, {DNNL_ARG_DST, y_}});
    stream_.wait();
  }

 private:
  int threads_;
  dnnl::engine engine_;
  dnnl::stream stream_;
  memory x_, filters_, reordered_, y_;
  dnnl::reorder reorder_;
  dnnl::convolution_forward conv_;
};

bench::BareCall bare(const Problem& problem, int threads) {
  const auto conv = std::make_shared<Conv>(std::get<ConvProblem>(problem), threads);
  return [conv](const void* x, const void* w, void* y) { conv->run(x, w, y); };
}

}  // namespace

int main(int argc, char** argv) {
  // The plugin may find a faster way than the plain one: no upper bound.
  bench::Fidelity fidelity{"oneDNN", {.low = 0.97}, bare};
  // ResNet-50 and VGG-16.
  for (const char* id :
       {"conv_fwd:f32:nhwc:n8c64h56w56:k64r3s3:p1x1", "conv_fwd:f32:nhwc:n8c128h28w28:k128r3s3:p1x1",
        "conv_fwd:f32:nhwc:n8c256h14w14:k256r3s3:p1x1", "conv_fwd:f32:nhwc:n8c512h7w7:k512r3s3:p1x1",
        "conv_fwd:f32:nhwc:n1c64h224w224:k64r3s3:p1x1", "conv_fwd:f32:nhwc:n1c256h56w56:k256r3s3:p1x1"})
    fidelity.problems.push_back(*parse_case_id(id));
  return bench::compare_with_bare_loop(argc, argv, fidelity);
}
