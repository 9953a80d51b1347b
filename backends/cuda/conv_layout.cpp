#include "backends/cuda/conv_layout.hpp"

#include <algorithm>
#include <chipfit/chipfit_plugin.hpp>
#include <string>

#include "backends/cuda/dtype_name.hpp"

namespace cuda {
namespace {

using chipfit::plugin::unsupported;

struct Types {
  cudnnDataType_t in, out, compute;
  Exactness exactness;
};

Exactness exactness_of_f32(std::uint32_t math) {
  switch (math) {
    case CHIPFIT_STRICT:
      return Exactness::full;
    // A mode is a floor: tf32 keeps those below, and cuDNN does not say to which type it would convert.
    case CHIPFIT_TF32:
    case CHIPFIT_RELAXED:
    case CHIPFIT_MATH_F16:
    case CHIPFIT_MATH_BF16:
      return Exactness::tf32_products;
    default:
      unsupported("this math mode is not known to this plugin");
  }
}

Types types_of(const chipfit_problem& p) {
  const auto are = [&](std::uint32_t in, std::uint32_t acc, std::uint32_t out) {
    return p.dtype_a == in && p.dtype_b == in && p.dtype_acc == acc && p.dtype_out == out;
  };
  if (p.math != CHIPFIT_STRICT && p.dtype_a != CHIPFIT_F32) unsupported("math modes are for f32 operands");
  if (are(CHIPFIT_F64, CHIPFIT_F64, CHIPFIT_F64))
    return {CUDNN_DATA_DOUBLE, CUDNN_DATA_DOUBLE, CUDNN_DATA_DOUBLE, Exactness::full};
  if (are(CHIPFIT_F32, CHIPFIT_F32, CHIPFIT_F32))
    return {CUDNN_DATA_FLOAT, CUDNN_DATA_FLOAT, CUDNN_DATA_FLOAT, exactness_of_f32(p.math)};
  if (are(CHIPFIT_F16, CHIPFIT_F32, CHIPFIT_F16))
    return {CUDNN_DATA_HALF, CUDNN_DATA_HALF, CUDNN_DATA_FLOAT, Exactness::full};
  if (are(CHIPFIT_F16, CHIPFIT_F16, CHIPFIT_F16))
    return {CUDNN_DATA_HALF, CUDNN_DATA_HALF, CUDNN_DATA_HALF, Exactness::narrow_sums};
  if (are(CHIPFIT_BF16, CHIPFIT_F32, CHIPFIT_BF16))
    return {CUDNN_DATA_BFLOAT16, CUDNN_DATA_BFLOAT16, CUDNN_DATA_FLOAT, Exactness::full};
  if (are(CHIPFIT_I8, CHIPFIT_I32, CHIPFIT_I32)) {
    if (p.op != CHIPFIT_CONV_FWD) unsupported("cuDNN convolves bytes forward only");
    return {CUDNN_DATA_INT8, CUDNN_DATA_INT32, CUDNN_DATA_INT32, Exactness::full};
  }
  unsupported(std::string("cuDNN has no plain convolution of ") + name_of(p.dtype_a) + "·" + name_of(p.dtype_b) +
              " → " + name_of(p.dtype_out) + " accumulated in " + name_of(p.dtype_acc));
}

Tensor stored(cudnnDataType_t type, std::uint32_t layout, std::int64_t n, std::int64_t c, std::int64_t h,
              std::int64_t w) {
  if (layout == CHIPFIT_NHWC) return {type, {n, c, h, w}, {c * h * w, 1, w * c, c}};
  return {type, {n, c, h, w}, {c * h * w, h * w, w, 1}};
}

}  // namespace

ConvDescription describe_conv(const chipfit_problem& p, int compute_capability) {
  const chipfit_conv_shape& s = p.shape.conv;
  const Types types = types_of(p);
  if (p.layout != CHIPFIT_NCHW && p.layout != CHIPFIT_NHWC) unsupported("layout is NCHW or NHWC");
  if (p.dtype_a == CHIPFIT_BF16 && compute_capability < 80) unsupported("bf16 needs compute capability 8.0 or newer");
  ConvDescription d{};
  d.op = p.op;
  d.compute = types.compute;
  d.exactness = types.exactness;
  d.x = stored(types.in, p.layout, s.n, s.c, s.h, s.w);
  d.w = stored(types.in, p.layout, s.k, s.c / s.groups, s.r, s.s);
  d.y = stored(types.in, p.layout, s.n, s.k, s.p, s.q);
  (p.op == CHIPFIT_CONV_FWD ? d.y : p.op == CHIPFIT_CONV_BWD_DATA ? d.x : d.w).type = types.out;
  d.padding = {s.pad_h, s.pad_w};
  d.stride = {s.stride_h, s.stride_w};
  d.dilation = {s.dil_h, s.dil_w};
  d.adds = p.accumulate != 0;
  return d;
}

const char* fault_of(Exactness exactness, bool f32_operands, const std::vector<cudnnBackendNumericalNote_t>& numerical,
                     const std::vector<cudnnBackendBehaviorNote_t>& behavior) {
  const auto has = [&](cudnnBackendNumericalNote_t note) {
    return std::find(numerical.begin(), numerical.end(), note) != numerical.end();
  };
  for (const auto note :
       {CUDNN_NUMERICAL_NOTE_FFT, CUDNN_NUMERICAL_NOTE_WINOGRAD, CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_4x4,
        CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_6x6, CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_13x13})
    if (has(note)) return "a transform whose sums of whole numbers are not exact";
  if (f32_operands && exactness == Exactness::full && has(CUDNN_NUMERICAL_NOTE_TENSOR_CORE))
    return "f32 operands cut to tf32";
  if (has(CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS)) return "operands converted to a narrower type";
  if (exactness != Exactness::narrow_sums && has(CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION))
    return "sums in less than the accumulator's type";
  for (const auto note : behavior)
    if (note == CUDNN_BEHAVIOR_NOTE_REQUIRES_FILTER_INT8x32_REORDER ||
        note == CUDNN_BEHAVIOR_NOTE_REQUIRES_BIAS_INT8x32_REORDER)
      return "filters in an order of its own";
  return nullptr;
}

}  // namespace cuda
