#include "kernels/cuda/hopper_maps.hpp"

#include <algorithm>

namespace chipfit::cuda {

namespace {

Result<HopperLowered> not_for_hopper(const std::string& why) {
  return fail(Error::Kind::usage, why);
}

/// A matrix whose tiles are mn×(128 bytes of k), as stored: dimensions (contiguous, other, batch).
TensorMapPlan matrix_map(Element element, Major major, std::int64_t mn, std::int64_t k, std::int64_t batch,
                         int tile_mn) {
  const std::int64_t bytes = bytes_of(element), inner = major == Major::k ? k : mn, outer = major == Major::k ? mn : k;
  TensorMapPlan map;
  map.element = element;
  map.extent[0] = inner, map.extent[1] = outer, map.extent[2] = batch;
  map.stride_bytes[1] = inner * bytes, map.stride_bytes[2] = inner * outer * bytes;
  map.box[0] = static_cast<int>(128 / bytes);
  map.box[1] = major == Major::k ? tile_mn : static_cast<int>(128 / bytes);
  return map;
}

/// 16-bit results leave by the copy engine in boxes of 64 by 64.
void store_by_copy_engine_if_possible(HopperLowered& l) {
  Output& out = l.work.out;
  TensorMapPlan& map = l.out;
  map.element = out.element;
  map.extent[0] = l.n, map.extent[1] = l.m, map.extent[2] = l.batch;
  map.stride_bytes[1] = out.row_stride * bytes_of(out.element);
  map.stride_bytes[2] = out.batch_stride * bytes_of(out.element);
  map.box[0] = map.box[1] = 64;
  if (!out.add && bytes_of(out.element) == 2 && !rule_broken(map)) l.work.store = StoreBy::copy_engine;
}

Result<HopperLowered> lower_gemm(const GemmProblem& g, const TileFacts& tile) {
  const Element element = element_of(g);
  HopperLowered l;
  l.m = g.m, l.n = g.n, l.batch = g.batch;
  l.majors = {g.trans_a == Transpose::no ? Major::k : Major::mn, g.trans_b == Transpose::no ? Major::mn : Major::k};
  if (bytes_of(element) != 2 && (l.majors.a == Major::mn || l.majors.b == Major::mn))
    return not_for_hopper("wgmma takes operands of this type with k contiguous only (NT)");
  l.k_slices = (g.k * bytes_of(element) + 127) / 128;
  l.a = matrix_map(element, l.majors.a, g.m, g.k, g.batch, tile.m);
  l.b = matrix_map(element, l.majors.b, g.n, g.k, g.batch, tile.n / tile.cluster);
  l.work.out = std::get<DenseArguments>(lower(g, l.majors).arguments).out;
  return l;
}

/// The image (NHWC with g.c_total channels) that is walked over, in boxes of `pixels` positions and 128 bytes of
/// channels.
TensorMapPlan image_map(Element element, const ConvGeometry& g, int pixels) {
  const std::int64_t bytes = bytes_of(element);
  TensorMapPlan map;
  map.mode = TensorMapPlan::Mode::im2col;
  map.element = element, map.rank = 4;
  const std::int64_t extent[4] = {g.c_total, g.w, g.h, g.n};
  for (int i = 0; i < 4; ++i) map.extent[i] = extent[i];
  for (int i = 1; i < 4; ++i) map.stride_bytes[i] = (i == 1 ? bytes : map.stride_bytes[i - 1]) * extent[i - 1];
  map.channels_per_pixel = static_cast<int>(128 / bytes), map.pixels_per_column = pixels;
  const auto corner = [](std::int64_t x) { return static_cast<int>(std::clamp<std::int64_t>(x, -1000, 1000)); };
  map.lower[0] = corner(-g.pad_w), map.lower[1] = corner(-g.pad_h);
  map.upper[0] = corner(g.pad_w - g.dil_w * (g.s - 1)), map.upper[1] = corner(g.pad_h - g.dil_h * (g.r - 1));
  map.step[0] = corner(g.stride_w), map.step[1] = corner(g.stride_h);
  return map;
}

/// Filters KRSC as (channels of a group, taps, filters).
TensorMapPlan filter_map(Element element, const ConvProblem& c, int box_channels, int box_filters) {
  const std::int64_t bytes = bytes_of(element), channels = c.c / c.groups, taps = c.r * c.s;
  TensorMapPlan map;
  map.element = element;
  map.extent[0] = channels, map.extent[1] = taps, map.extent[2] = c.k;
  map.stride_bytes[1] = channels * bytes, map.stride_bytes[2] = channels * taps * bytes;
  map.box[0] = box_channels, map.box[2] = box_filters;
  return map;
}

Result<HopperLowered> lower_fwd(const ConvProblem& c, const TileFacts& tile) {
  const Element element = element_of(c);
  const FwdArguments args = std::get<FwdArguments>(lower(c, {Major::k, Major::k}).arguments);
  const ConvGeometry& g = args.a.map.g;
  const int slice = 128 / bytes_of(element);
  if (c.groups > 1 && g.c % slice != 0) return not_for_hopper("a group's channels do not fill slices of 128 bytes");
  HopperLowered l;
  l.m = c.n * c.p() * c.q(), l.n = g.k, l.batch = c.groups, l.source = Source::im2col;
  l.k_slices = c.r * c.s * ((g.c + slice - 1) / slice);
  l.a = image_map(element, g, tile.m);
  l.b = filter_map(element, c, slice, tile.n / tile.cluster);
  l.work.conv = g, l.work.out = args.out;
  return l;
}

/// dX[h] = Σ dY[(h + pad − r·dil)] · W[r], stride 1: a forward convolution of dY, filters turned, padded by what the
/// image was not.
ConvGeometry turned(ConvGeometry g) {
  std::swap(g.h, g.p), std::swap(g.w, g.q), std::swap(g.c, g.k), std::swap(g.c_total, g.k_total);
  std::swap(g.by_h, g.by_p), std::swap(g.by_w, g.by_q), std::swap(g.by_c, g.by_k);
  g.pad_h = g.dil_h * (g.r - 1) - g.pad_h, g.pad_w = g.dil_w * (g.s - 1) - g.pad_w;
  return g;
}

Result<HopperLowered> lower_bwd_data(const ConvProblem& c) {
  const Element element = element_of(c);
  if (c.stride_h != 1 || c.stride_w != 1) return not_for_hopper("a gradient with strides is no walk over dY");
  const BwdDataArguments args = std::get<BwdDataArguments>(lower(c, {Major::k, Major::mn}).arguments);
  const ConvGeometry g = turned(args.a.map.g);
  const int slice = 128 / bytes_of(element);
  if (c.groups > 1 && g.c % slice != 0) return not_for_hopper("a group's filters do not fill slices of 128 bytes");
  HopperLowered l;
  l.m = c.n * c.h * c.w, l.n = g.k, l.batch = c.groups, l.source = Source::gradient;
  l.majors = {Major::k, Major::mn};
  l.k_slices = c.r * c.s * ((g.c + slice - 1) / slice);
  l.a = image_map(element, g, 128);
  l.b = filter_map(element, c, slice, slice);
  l.work.conv = g, l.work.out = args.out;
  return l;
}

Result<HopperLowered> lower_bwd_weights(const ConvProblem& c) {
  const Element element = element_of(c);
  if (c.groups != 1) return not_for_hopper("the filters' gradient of groups has no Hopper kernel");
  const BwdWeightsArguments args = std::get<BwdWeightsArguments>(lower(c, {Major::mn, Major::mn}).arguments);
  const ConvGeometry& g = args.b.map.x.g;
  const int slice = 128 / bytes_of(element);
  const std::int64_t pixels = c.n * c.p() * c.q();
  HopperLowered l;
  l.m = c.k, l.n = c.c, l.batch = c.r * c.s, l.source = Source::weights;
  l.majors = {Major::mn, Major::mn};
  l.k_slices = (pixels + slice - 1) / slice;
  l.a = matrix_map(element, Major::mn, c.k, pixels, 1, 128);
  l.b = image_map(element, g, slice);
  l.work.conv = g, l.work.out = args.out;
  // A tap is a batch of the output KRSC.
  l.work.out.n = c.c, l.work.out.batch_stride = c.c;
  return l;
}

Result<HopperLowered> lower_conv(const ConvProblem& c, const TileFacts& tile) {
  if (c.dil_h * (c.r - 1) > 255 || c.dil_w * (c.s - 1) > 255)
    return not_for_hopper("a tap is more than 255 pixels away");
  if (c.direction == ConvDirection::fwd) return lower_fwd(c, tile);
  if (bytes_of(element_of(c)) != 2) return not_for_hopper("gradients have Hopper kernels for 16-bit types only");
  return c.direction == ConvDirection::bwd_data ? lower_bwd_data(c) : lower_bwd_weights(c);
}

}  // namespace

Result<HopperLowered> lower_for_hopper(const Problem& problem, TileKind kind) {
  const TileFacts tile = facts_of(kind);
  Result<HopperLowered> l = std::visit(
      [&](const auto& p) {
        if constexpr (std::is_same_v<std::decay_t<decltype(p)>, GemmProblem>)
          return lower_gemm(p, tile);
        else
          return lower_conv(p, tile);
      },
      problem);
  if (!l) return l;
  if (!has_hopper_kernel(element_of(problem), l->source, l->majors.a, kind))
    return not_for_hopper("there is no kernel with this tile");
  for (const TensorMapPlan* map : {&l->a, &l->b})
    if (const char* rule = rule_broken(*map))
      return not_for_hopper(std::string("the copy engine does not take it: ") + rule);
  store_by_copy_engine_if_possible(*l);
  return l;
}

void set_data(HopperLowered& l, const void* in0, const void* in1, void* out) {
  l.a.data = in0, l.b.data = in1, l.out.data = out, l.work.out.data = out;
  // In the ABI's order X comes first; the product has dY as its A.
  if (l.source == Source::weights) std::swap(l.a.data, l.b.data);
}

void set_schedule(HopperLowered& l, const Schedule& schedule, void* workspace) {
  l.work.schedule = schedule;
  l.work.partial = {workspace, l.batch, l.m, l.n};
  if (schedule.splits > 1) l.work.store = StoreBy::threads;
}

}  // namespace chipfit::cuda
