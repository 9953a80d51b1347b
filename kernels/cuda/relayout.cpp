#include "kernels/cuda/relayout.hpp"

namespace chipfit::cuda {

namespace {

std::int64_t whole_chunks(std::int64_t elements, Dtype dtype) {
  const std::int64_t chunk = 16 / info(dtype).bytes;
  return (elements + chunk - 1) / chunk * chunk;
}

/// `batch` matrices with nothing between them.
Matrices dense(std::int64_t batch, std::int64_t rows, std::int64_t cols) {
  return {batch, rows, cols, cols, rows * cols};
}

OperandCopy copy_of(OperandCopy::Which which, Dtype dtype, const Matrices& from, const Matrices& to, bool transposed) {
  OperandCopy copy;
  copy.which = which;
  copy.there.from = copy.back.to = from;
  copy.there.to = copy.back.from = to;
  copy.there.transposed = copy.back.transposed = transposed;
  copy.element_bytes = info(dtype).bytes;
  copy.bytes = to.batch * to.batch_stride * copy.element_bytes;
  return copy;
}

std::optional<Relaid> relaid_gemm(const GemmProblem& g) {
  GemmProblem nt = g;
  nt.trans_a = Transpose::no, nt.trans_b = Transpose::yes;
  nt.k = whole_chunks(g.k, g.dtypes.a);
  Relaid relaid{nt, {}};
  const auto add = [&](OperandCopy::Which which, Dtype dtype, std::int64_t mn, bool transposed) {
    if (!transposed && nt.k == g.k) return;
    const Matrices stored = transposed ? dense(g.batch, g.k, mn) : dense(g.batch, mn, g.k);
    relaid.copies.push_back(copy_of(which, dtype, stored, dense(g.batch, mn, nt.k), transposed));
  };
  add(OperandCopy::Which::in0, g.dtypes.a, g.m, g.trans_a == Transpose::yes);
  add(OperandCopy::Which::in1, g.dtypes.b, g.n, g.trans_b == Transpose::no);
  if (relaid.copies.empty()) return std::nullopt;
  return relaid;
}

/// The arrays of a convolution in the ABI's order of operands.
enum class Array { image, filters, result };
constexpr Array arrays[3][3] = {{Array::image, Array::filters, Array::result},
                                {Array::result, Array::filters, Array::image},
                                {Array::image, Array::result, Array::filters}};

std::optional<Relaid> relaid_conv(const ConvProblem& c) {
  const bool is_nchw = c.layout == Layout::nchw;
  ConvProblem nhwc = c;
  nhwc.layout = Layout::nhwc;
  if (c.groups == 1 && info(c.dtypes.a).bytes <= 2) {
    nhwc.c = whole_chunks(c.c, c.dtypes.a);
    if (c.direction != ConvDirection::fwd) nhwc.k = whole_chunks(c.k, c.dtypes.a);
  }
  Relaid relaid{nhwc, {}};
  // `outer` arrays of channels by positions, or the other way round.
  const auto add = [&](OperandCopy::Which which, Dtype dtype, std::int64_t outer, std::int64_t outer_there,
                       std::int64_t channels, std::int64_t channels_there, std::int64_t positions) {
    const bool transposed = is_nchw && channels > 1 && positions > 1;
    if (!transposed && channels == channels_there && outer == outer_there) return;
    const Matrices stored = is_nchw ? dense(outer, channels, positions) : dense(outer, positions, channels);
    // One channel or one position: the same order either way.
    const Matrices read = transposed || !is_nchw ? stored : dense(outer, positions, channels);
    relaid.copies.push_back(copy_of(which, dtype, read, dense(outer_there, positions, channels_there), transposed));
  };
  const Dtype types[3] = {c.dtypes.a, c.dtypes.b, c.dtypes.out};
  for (int i = 0; i < 3; ++i) {
    const auto which = static_cast<OperandCopy::Which>(i);
    switch (arrays[static_cast<int>(c.direction) - static_cast<int>(ConvDirection::fwd)][i]) {
      case Array::image:
        add(which, types[i], c.n, c.n, c.c, nhwc.c, c.h * c.w);
        break;
      case Array::filters:
        add(which, types[i], c.k, nhwc.k, c.c / c.groups, nhwc.c / c.groups, c.r * c.s);
        break;
      case Array::result:
        add(which, types[i], c.n, c.n, c.k, nhwc.k, c.p() * c.q());
    }
  }
  if (relaid.copies.empty() && !is_nchw) return std::nullopt;
  return relaid;
}

}  // namespace

std::optional<Relaid> relaid(const Problem& problem) {
  if (const auto* g = std::get_if<GemmProblem>(&problem)) return relaid_gemm(*g);
  return relaid_conv(std::get<ConvProblem>(problem));
}

}  // namespace chipfit::cuda
