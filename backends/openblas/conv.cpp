#include "backends/openblas/conv.hpp"

#include <memory>

#include "backends/openblas/gemm.hpp"
#include "backends/openblas/im2col.hpp"

namespace openblas {
namespace {

// What is unfolded at once: large enough for GEMM to reach its rate, small enough for the last-level cache.
constexpr std::int64_t workspace_bytes = 8 << 20;

template <class T>
class Conv {
 public:
  explicit Conv(const chipfit_problem& problem)
      : f_(problem.shape.conv),
        op_(problem.op),
        nhwc_(problem.layout == CHIPFIT_NHWC),
        accumulate_(problem.accumulate != 0),
        unfolded_(f_.r == 1 && f_.s == 1 && f_.stride_h == 1 && f_.stride_w == 1 && f_.pad_h == 0 && f_.pad_w == 0),
        kg_(f_.k / f_.groups),
        taps_(f_.c / f_.groups * f_.r * f_.s) {
    for (const std::int64_t extent : {f_.c, f_.k, taps_, f_.p * f_.q})
      if (!fits_blas(extent)) chipfit::plugin::unsupported("an extent does not fit OpenBLAS's 32-bit integers");
    const std::int64_t lines = nhwc_ ? f_.n * f_.p : f_.p;
    const std::int64_t most = unfolded_ ? std::numeric_limits<blasint>::max() / f_.q
                                        : workspace_bytes / static_cast<std::int64_t>(sizeof(T)) / (f_.q * taps_);
    lines_ = std::clamp<std::int64_t>(most, 1, lines);
    if (!unfolded_)
      workspace_ = std::make_shared<chipfit::plugin::HostBuffer>(sizeof(T) * static_cast<std::uint64_t>(taps_) *
                                                                 static_cast<std::uint64_t>(lines_ * f_.q));
  }

  const char* algorithm() const {
    if (sizeof(T) == 8) return unfolded_ ? "dgemm (1x1)" : "im2col+dgemm";
    return unfolded_ ? "sgemm (1x1)" : "im2col+sgemm";
  }

  void operator()(const void* in0, const void* in1, void* out) const {
    const auto *a = static_cast<const T*>(in0), *b = static_cast<const T*>(in1);
    auto* c = static_cast<T*>(out);
    if (op_ == CHIPFIT_CONV_FWD) return run(const_cast<T*>(a), const_cast<T*>(b), c);
    if (op_ == CHIPFIT_CONV_BWD_WEIGHTS) return run(const_cast<T*>(a), c, const_cast<T*>(b));
    // col2im adds; without unfolding GEMM itself overwrites.
    if (!accumulate_ && !unfolded_) std::fill_n(c, f_.n * f_.c * f_.h * f_.w, T{});
    run(c, const_cast<T*>(b), const_cast<T*>(a));
  }

 private:
  /// One of the three is the output; `op_` says which.
  void run(T* x, T* w, T* y) const {
    const std::int64_t images = nhwc_ ? 1 : f_.n;
    const std::int64_t lines = nhwc_ ? f_.n * f_.p : f_.p;
    for (std::int64_t n = 0; n < images; ++n)
      for (std::int64_t line = 0; line < lines; line += lines_)
        for (std::int64_t g = 0; g < f_.groups; ++g)
          piece(n, line, std::min(lines, line + lines_), g, x, w + g * kg_ * taps_, y);
  }

  void piece(std::int64_t n, std::int64_t line0, std::int64_t line1, std::int64_t g, T* x, T* w, T* y) const {
    const std::int64_t rows = (line1 - line0) * f_.q, cg = f_.c / f_.groups;
    const Matrix<T> weights{w, taps_};
    const bool first = n == 0 && line0 == 0;
    if (nhwc_) {
      const Matrix<T> result{y + line0 * f_.q * f_.k + g * kg_, f_.k};
      const Matrix<T> col = unfolded_ ? Matrix<T>{x + line0 * f_.q * f_.c + g * cg, f_.c} : Matrix<T>{space(), taps_};
      if (op_ == CHIPFIT_CONV_FWD) {
        if (!unfolded_) im2col_nhwc<T>(f_, x, g, line0, line1, col.data);
        multiply(CblasNoTrans, CblasTrans, rows, kg_, taps_, col, weights, accumulate_, result);
      } else if (op_ == CHIPFIT_CONV_BWD_DATA) {
        multiply(CblasNoTrans, CblasNoTrans, rows, taps_, kg_, result, weights, unfolded_ && accumulate_, col);
        if (!unfolded_) col2im_nhwc<T>(f_, col.data, g, line0, line1, x);
      } else {
        if (!unfolded_) im2col_nhwc<T>(f_, x, g, line0, line1, col.data);
        multiply(CblasTrans, CblasNoTrans, kg_, taps_, rows, result, col, accumulate_ || !first, weights);
      }
      return;
    }
    T* const image = x + (n * f_.c + g * cg) * f_.h * f_.w;
    const Matrix<T> result{y + (n * f_.k + g * kg_) * f_.p * f_.q + line0 * f_.q, f_.p * f_.q};
    const Matrix<T> col = unfolded_ ? Matrix<T>{image + line0 * f_.q, f_.p * f_.q} : Matrix<T>{space(), rows};
    if (op_ == CHIPFIT_CONV_FWD) {
      if (!unfolded_) im2col_nchw<T>(f_, image, line0, line1, col.data);
      multiply(CblasNoTrans, CblasNoTrans, kg_, rows, taps_, weights, col, accumulate_, result);
    } else if (op_ == CHIPFIT_CONV_BWD_DATA) {
      multiply(CblasTrans, CblasNoTrans, taps_, rows, kg_, weights, result, unfolded_ && accumulate_, col);
      if (!unfolded_) col2im_nchw<T>(f_, col.data, line0, line1, image);
    } else {
      if (!unfolded_) im2col_nchw<T>(f_, image, line0, line1, col.data);
      multiply(CblasNoTrans, CblasTrans, kg_, taps_, rows, result, col, accumulate_ || !first, weights);
    }
  }

  static void multiply(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, std::int64_t m, std::int64_t n, std::int64_t k,
                       Matrix<T> a, Matrix<T> b, bool add, Matrix<T> c) {
    gemm(ta, tb, m, n, k, Matrix<const T>{a.data, a.ld}, Matrix<const T>{b.data, b.ld}, add ? T{1} : T{0}, c);
  }

  T* space() const { return reinterpret_cast<T*>(workspace_->data()); }

  chipfit_conv_shape f_;
  std::uint32_t op_;
  bool nhwc_, accumulate_;
  bool unfolded_;  ///< the image is its own unfolding
  std::int64_t kg_, taps_;
  std::int64_t lines_ = 1;  ///< output lines unfolded at once
  std::shared_ptr<chipfit::plugin::HostBuffer> workspace_;
};

}  // namespace

template <class T>
chipfit::simple::Kernel prepare_conv(const chipfit_problem& problem) {
  Conv<T> conv(problem);
  return {conv, conv.algorithm()};
}
template chipfit::simple::Kernel prepare_conv<float>(const chipfit_problem&);
template chipfit::simple::Kernel prepare_conv<double>(const chipfit_problem&);

}  // namespace openblas
